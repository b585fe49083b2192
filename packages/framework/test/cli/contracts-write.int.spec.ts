import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../src/testing/temporary-folder.js';
import { skanu } from './skanu.js';

const bakery = join(import.meta.dirname, '../contracts/bakery.ts');
const cups = join(import.meta.dirname, 'shop-module.ts');

const OF_CUPS = ['context-map.md', 'events/cups.asyncapi.json', 'http/cups.openapi.json', 'promises.md'];
const OF_BAKERY = [
  'events/bakery.asyncapi.json',
  'events/bakery/CakeBaked.schema.json',
  'events/bakery/CakeBaked.v2.schema.json',
  'events/bakery/cake%2Featen%20%2A.schema.json',
  'events/guest.asyncapi.json',
  'http/bakery.openapi.json',
  'http/guest.openapi.json',
];

let folder: TemporaryFolder;
let contracts: string;
beforeEach(() => {
  folder = temporaryFolder();
  contracts = join(folder.path, 'contracts');
  return () => folder[Symbol.dispose]();
});

const write = (...words: string[]) => skanu('contracts', 'write', ...words, '--contracts', contracts);

/** All files below the folder of contracts. */
function files(): string[] {
  return readdirSync(contracts, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(contracts, path)).isFile())
    .toSorted();
}

function put(path: string, text: string): void {
  mkdirSync(join(contracts, path, '..'), { recursive: true });
  writeFileSync(join(contracts, path), text);
}

describe('skanu contracts write', () => {
  it('writes all documents of all services, says which, and touches none that is as it should be', async () => {
    const first = await write(bakery, cups);
    expect(first.code).toBe(0);
    expect(files()).toEqual([...OF_BAKERY, ...OF_CUPS].toSorted());
    expect(first.out.match(/^wrote /gm)).toHaveLength(files().length);

    const before = files().map((path) => statSync(join(contracts, path)).mtimeMs);
    put('promises.md', 'by hand');
    const second = await write(bakery, cups);
    expect(second.out).toMatch(/^wrote \S+promises.md\n10 files are as they were\n$/);
    const after = files().map((path) => statSync(join(contracts, path)).mtimeMs);
    expect(after.filter((time, place) => time !== before[place])).toHaveLength(1);
  });

  it('puts the pages for readers where they are wanted', async () => {
    const docs = join(folder.path, 'docs/reference');
    expect((await write(cups, '--docs', docs)).code).toBe(0);
    expect(readdirSync(docs).toSorted()).toEqual(['context-map.md', 'promises.md']);
    expect(files()).toEqual(['events/cups.asyncapi.json', 'http/cups.openapi.json']);
  });

  it('removes what it wrote for services that are to be forgotten, with their folders', async () => {
    await write(bakery, cups);
    const { code, out } = await write(cups, '--forget', 'bakery,counter,guest');
    expect(code).toBe(0);
    expect(out.match(/^removed /gm)).toHaveLength(OF_BAKERY.length);
    expect(files()).toEqual(OF_CUPS);
    expect(readdirSync(join(contracts, 'events'))).toEqual(['cups.asyncapi.json']);
  });

  it('removes what it wrote for events that a service has no more', async () => {
    await write(bakery);
    const gone = readFileSync(join(contracts, 'events/bakery/CakeBaked.schema.json'), 'utf8');
    put('events/bakery/CakeSold.schema.json', gone.replaceAll('CakeBaked', 'CakeSold'));
    const { out } = await write(bakery);
    expect(out).toMatch(/^removed \S+CakeSold.schema.json\n/);
    expect(files()).not.toContain('events/bakery/CakeSold.schema.json');
  });

  it('changes nothing when the map would lose services or gateways that no module exports', async () => {
    await write(bakery, cups);
    const before = files().map((path) => readFileSync(join(contracts, path), 'utf8'));
    expect(await write(cups)).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(
        /^nothing is written: .* would lose bakery, counter, guest, .*--forget bakery,counter,guest\n$/,
      ),
    });
    // a gateway has no document but the map
    expect((await write(cups, '--forget', 'bakery,guest')).err).toContain('would lose counter,');
    expect(files().map((path) => readFileSync(join(contracts, path), 'utf8'))).toEqual(before);
  });

  it('leaves the documents of services that no module exports, and says so, where the map is elsewhere', async () => {
    await write(bakery, cups);
    const docs = join(folder.path, 'docs');
    const { code, err } = await write(cups, '--docs', docs);
    expect(code).toBe(0);
    expect(err).toMatch(/^the documents of bakery, guest stay as they are: .*--forget bakery,guest\n$/);
    expect(files()).toEqual([...OF_BAKERY, ...OF_CUPS].toSorted());
    expect(readdirSync(docs)).toHaveLength(2);
  });

  it('forgets nobody who is among the modules', async () => {
    await expect(write(cups, '--forget', 'cups')).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: 'cups cannot be forgotten: it is among the modules',
    });
    expect(() => files()).toThrow(/ENOENT/);
  });

  it('leaves all that somebody else put there', async () => {
    await write(bakery, cups);
    const copy = readFileSync(join(contracts, 'http/bakery.openapi.json'), 'utf8');
    const others = {
      'contracts.lock': '{}',
      'events/README.md': 'by hand',
      'events/bakery/notes.json': '{}',
      'events/samples/bakery/CakeBaked.json': '{}',
      'events/samples/bakery/CakeBaked.schema.json': '{}',
      // of a service of somebody else, who has skanu too
      'http/bank.openapi.json': copy.replaceAll('"bakery"', '"bank"'),
      'pacts/guest-bakery.json':
        '{"consumer":{"name":"guest"},"provider":{"name":"bakery"},"interactions":[]}',
    };
    for (const [path, text] of Object.entries(others)) put(path, text);
    await write(cups, '--forget', 'bakery,counter,guest');
    expect(files()).toEqual([...OF_CUPS, ...Object.keys(others)].toSorted());
    for (const [path, text] of Object.entries(others))
      expect(readFileSync(join(contracts, path), 'utf8')).toBe(text);
  });

  it('writes nothing when anything cannot be known: a broken pact, a module without a service', async () => {
    put('pacts/guest-bakery.json', '{"consumer":');
    await expect(write(bakery)).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('guest-bakery.json is no pact'),
    });
    put('pacts/guest-bakery.json', '{}');
    await expect(write(bakery)).rejects.toThrow(/is no pact/);
    expect(files()).toEqual(['pacts/guest-bakery.json']);
    await expect(write(cups, join(import.meta.dirname, '../fixtures/until.ts'))).rejects.toThrow(
      /exports no service/,
    );
    expect(files()).toEqual(['pacts/guest-bakery.json']);
  });

  it('called without a module, says how it is called', async () => {
    expect(await write()).toMatchObject({ code: 2, err: expect.stringContaining('contracts write MODULE') });
  });
});

describe('skanu contracts write --check', () => {
  it('passes when all is as it should be', async () => {
    await write(bakery);
    expect(await write(bakery, '--check')).toEqual({
      code: 0,
      out: 'the documents are what the services say\n',
      err: '',
    });
  });

  it('ends with 1, names each file with its fault and the way out, and writes nothing', async () => {
    await write(bakery, cups);
    const old = files();
    put('http/guest.openapi.json', '{}');
    put('promises.md', 'by hand');
    const before = files().map((path) => readFileSync(join(contracts, path), 'utf8'));
    const left = await write(bakery, '--check', '--forget', 'cups');
    expect(left.code).toBe(1);
    expect(left.out).toBe('');
    const faults = left.err.split('\n').map((line) => line.replace(/^\S+contracts\//, ''));
    expect(faults).toEqual([
      'http/guest.openapi.json is not what the services say today',
      'context-map.md is not what the services say today',
      'promises.md is not what the services say today',
      'http/cups.openapi.json is left over from something that no service has any more',
      'events/cups.asyncapi.json is left over from something that no service has any more',
      '5 files are not up to date: run skanu contracts write, look at the difference, and commit it',
      '',
    ]);
    expect(files()).toEqual(old);
    expect(files().map((path) => readFileSync(join(contracts, path), 'utf8'))).toEqual(before);
  });

  it('judges services that modules export, and says that it cannot judge the others and the map of all', async () => {
    await write(bakery, cups);
    put('http/cups.openapi.json', '{}');
    const said = await write(bakery, '--check');
    expect(said.code).toBe(0);
    expect(said.err).toBe(
      'not looked at, because no module exports cups: the documents of that, context-map.md and promises.md\n',
    );
    put('http/guest.openapi.json', '{}');
    const { code, err } = await write(bakery, '--check');
    expect(code).toBe(1);
    expect(err).toMatch(/\n\S+guest.openapi.json is not what .*\n1 file is not up to date/);
  });

  it('tells of files that are missing, where there is no folder at all', async () => {
    const { code, err } = await write(cups, '--check');
    expect(code).toBe(1);
    expect(err.match(/ is missing$/gm)).toHaveLength(OF_CUPS.length);
    expect(() => files()).toThrow(/ENOENT/);
  });
});
