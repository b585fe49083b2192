import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parsedLock } from '../../src/contracts/compatibility/contracts-lock.js';
import type { EventSample } from '../../src/contracts/event-samples.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { type TemporaryFolder, temporaryFolder } from '../../src/testing/temporary-folder.js';
import { stock as stockService, taken } from './released/stock.js';
import { skanu } from './skanu.js';

const module = (name: string) => join(import.meta.dirname, 'released', `${name}.ts`);
const stock = module('stock');

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
  return () => folder[Symbol.dispose]();
});

const at = (path: string) => join(folder.path, path);
const read = (path: string) => readFileSync(at(path), 'utf8');
const release = (...words: string[]) => skanu('contracts', 'release', ...words, '--contracts', folder.path);
const check = (...words: string[]) => skanu('contracts', 'check', ...words, '--contracts', folder.path);

const SAMPLE = 'events/samples/shop/Sold.json';

describe('skanu contracts release', () => {
  it('writes the lock and a sample of each event, says so, and writes neither again', async () => {
    const first = await release(module('shop'), stock);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toBe(`wrote ${at('contracts.lock')}\nwrote ${at(SAMPLE)}\n`);
    expect(parsedLock(read('contracts.lock'), '').map(({ service }) => service)).toEqual(['shop', 'stock']);
    expect(readdirSync(folder.path).toSorted()).toEqual(['contracts.lock', 'events']);

    const second = await release(stock, module('shop'));
    expect(second.out).toBe(`left as it was: ${at('contracts.lock')}\n`);
  });

  it('keeps a sample that is there, and adds those of events that are new', async () => {
    await release(module('shop'));
    writeFileSync(at(SAMPLE), 'of yesterday');
    const { out } = await release(module('shop-more'));
    expect(out).toContain(`wrote ${at('events/samples/shop/Returned.json')}`);
    expect(read(SAMPLE)).toBe('of yesterday');
  });

  it('makes samples that are what travels: a neighbour takes one as it lies there', async () => {
    await release(module('shop'));
    const sample = JSON.parse(read(SAMPLE)) as EventSample;
    expect(sample).toMatchObject({
      topic: 'events',
      key: '1',
      headers: { ce_type: 'Sold', ce_source: '/shop' },
    });
    expect(JSON.parse(sample.value)).toEqual({
      eventType: 'Sold',
      timestamp: expect.stringMatching(/^\d{14}$/),
      id: 1,
      qty: 2,
    });
    await using service = await startTestService(stockService);
    await service.given(sample);
    expect(taken).toEqual([{ id: 1, qty: 2 }]);
  });

  it('does not begin anew when the lock got lost: it would take in whatever was broken since', async () => {
    await release(module('shop'));
    rmSync(at('contracts.lock'));
    await expect(release(module('shop'))).rejects.toThrow(
      /contracts\.lock is gone, and .*samples has events/,
    );
    await expect(check(module('shop'))).rejects.toThrow(/contracts\.lock is gone/);
    expect(readdirSync(folder.path)).toEqual(['events']);
  });

  it('says which event it cannot guess, and takes the record that somebody puts there', async () => {
    const { code, err } = await release(module('shop-unguessable'));
    expect(code).toBe(0);
    expect(err).toContain(`put a real record into ${at(SAMPLE)} by hand`);
    mkdirSync(join(at(SAMPLE), '..'), { recursive: true });
    writeFileSync(at(SAMPLE), '{}');
    expect((await release(module('shop-unguessable'))).err).toBe('');
  });

  it('refuses a break with the name of the reader, and leaves the lock as it was', async () => {
    await release(module('shop'), stock);
    const before = read('contracts.lock');
    const { code, err } = await release(module('shop-broken'), stock);
    expect(code).toBe(1);
    expect(err).toContain('stock (StockPolicies.take)');
    expect(err).toContain('nothing is released: 1 break, 0 notes');
    expect(read('contracts.lock')).toBe(before);
  });

  it('takes a break of a service whose version has a new major number, and says so', async () => {
    await release(module('shop'), stock);
    const { code, out } = await release(module('shop-major'), stock);
    expect(code).toBe(0);
    expect(out).toContain('1 break, 0 notes, taken because of the new major number');
    expect((await check(module('shop-major'), stock)).code).toBe(0);
  });

  it('forgets a service that is no more, only when it is told to', async () => {
    await release(module('shop'), stock);
    const gone = await release(module('shop'));
    expect(gone.code).toBe(1);
    expect(gone.err).toContain('skanu contracts release … --forget stock');
    expect((await release(module('shop'), '--forget', 'stock')).code).toBe(0);
    expect((await check(module('shop'))).code).toBe(0);
  });

  it('changes a route of a gateway only when it is told to', async () => {
    await release(module('door'));
    expect((await release(module('door-shut'))).code).toBe(1);
    expect((await release(module('door-shut'), '--forget', 'door')).code).toBe(0);
  });

  it('forgets no service that is there: its version is to say what it means', async () => {
    await release(module('shop'));
    await expect(release(module('shop-broken'), '--forget', 'shop')).rejects.toMatchObject({
      code: 'CONFIGURATION',
      help: expect.stringContaining('major number'),
    });
  });
});

describe('skanu contracts check', () => {
  it('passes what nobody has to notice, and says what is new', async () => {
    await release(module('shop'), stock);
    const { code, out } = await check(module('shop-more'), stock);
    expect(code).toBe(0);
    expect(out).toContain('note event-new: event Returned');
    expect(out).toMatch(/compared with \S+contracts.lock: 0 breaks, 1 note\n$/);
  });

  it('ends with 1 at a break, in lines that name the event, the field, the neighbour and the way out', async () => {
    await release(module('shop'), stock);
    const { code, out } = await check(module('shop-broken'), stock);
    expect(code).toBe(1);
    expect(out).toContain(
      [
        'shop',
        '  break event-field-type: qty in event Sold',
        '    before it had to be a whole number, now it is text',
        '    read by: stock (StockPolicies.take)',
        '    to do: Take it back, or make it version 2 of Sold: ',
      ].join('\n'),
    );
  });

  it('says with a pact who reads it, and without one that others may', async () => {
    await release(module('shop'));
    expect((await check(module('shop-broken'))).out).toContain('read by: nobody here, by code or pact');
    mkdirSync(at('pacts'));
    const pact = {
      consumer: { name: 'museum' },
      provider: { name: 'shop' },
      interactions: [
        {
          type: 'Asynchronous/Messages',
          description: 'Sold',
          contents: { content: { qty: 1 } },
          metadata: { eventType: 'Sold' },
        },
      ],
    };
    writeFileSync(at('pacts/museum-shop.json'), JSON.stringify(pact));
    expect((await check(module('shop-broken'))).out).toContain('read by: museum (its pact)');
  });

  it('prints one JSON document with --json', async () => {
    await release(module('shop'), stock);
    const { code, out } = await check(module('shop-broken'), stock, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      breaks: 1,
      notes: 0,
      findings: [
        { rule: 'event-field-type', service: 'shop', field: 'qty', readers: [{ consumer: 'stock' }] },
      ],
    });
  });

  it('names the command that makes the lock where there is none', async () => {
    await expect(check(module('shop'))).rejects.toMatchObject({
      message: `there is no ${at('contracts.lock')} to compare with`,
      help: expect.stringContaining(`skanu contracts release ${module('shop')} --contracts ${folder.path}`),
    });
  });

  it.each([
    ['not even JSON', '<<<<<<< HEAD', /is no JSON/],
    ['something else', '{}', /is no lock of contracts/],
    ['of a newer skanu', '{ "format": 2, "services": {} }', /newer skanu/],
  ])('refuses a lock that is %s', async (_title, text, message) => {
    writeFileSync(at('contracts.lock'), text);
    await expect(check(module('shop'))).rejects.toThrow(message);
  });
});
