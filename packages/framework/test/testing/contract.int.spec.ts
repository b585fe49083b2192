import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { EmbeddedBroker } from '../../src/broker/embedded/embedded-broker.js';
import { DomainEvent, defineService } from '../../src/index.js';
import { systemClock } from '../../src/kernel/clock.js';
import { TopicObserver } from '../../src/testing/harness/topic-observer.js';
import { type TemporaryFolder, contract, providerStates, temporaryFolder } from '../../src/testing/index.js';
import { Entry, SaleBooked, ShopClient, expectAll, ledger, states } from './contract-fixture.js';

const sold = states.shop['something was sold'];

describe('contracts of a consumer', () => {
  let folder: TemporaryFolder;
  let pacts: string;

  beforeEach(() => {
    folder = temporaryFolder();
    pacts = folder.path;
    vi.stubEnv('CONTRACTS', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    folder[Symbol.dispose]();
  });

  const written = async () => (await expectAll(pacts, true)).settle();
  const file = () => join(pacts, 'ledger-shop.json');
  const pact = () => JSON.parse(readFileSync(file(), 'utf8'));

  it('give an example of the event to the real handlers, and look at what came of it', async () => {
    const entries: unknown[] = [];
    await contract(ledger, { pacts }).reads(
      SaleBooked,
      { given: sold({ amount: 3 }), fields: { soldAt: new Date('2026-03-04T05:06:07Z') } },
      async ({ service, event }) => {
        expect(event).toBeInstanceOf(SaleBooked);
        expect(event.soldAt).toEqual(new Date('2026-03-04T05:06:07Z'));
        entries.push(...(await service.stored(Entry)));
      },
    );
    expect(entries).toMatchObject([{ sale: 1, amount: 3 }]);
  });

  it('are the same text each time, one file for each provider', async () => {
    await written();
    const first = readFileSync(file(), 'utf8');
    await written();
    expect([readdirSync(pacts), readFileSync(file(), 'utf8')]).toEqual([['ledger-shop.json'], first]);
    await (await expectAll(pacts, false)).settle();
  });

  it('have types, formats and what beside the value must be right: topic, name, key, content type', async () => {
    await written();
    const message = pact().interactions.find((one: any) => one.description === 'SaleMade');
    expect(message.metadata).toEqual({
      topic: 'events',
      eventType: 'SaleMade',
      key: '1',
      'content-type': 'application/json',
    });
    const rules = Object.entries<any>(message.matchingRules.body).map(([path, rule]) => [
      path,
      rule.matchers[0].match,
    ]);
    expect(Object.fromEntries(rules)).toEqual({
      '$.id': 'integer',
      '$.amount': 'number',
      '$.soldAt': 'regex',
      '$.timestamp': 'regex',
    });
    // what may be absent is not asked for
    expect(message.contents.content).not.toHaveProperty('coupon');
  });

  it('take an operation with undo back too', async () => {
    await written();
    const requests = pact().interactions.map((one: any) => one.description);
    expect(requests).toContain('DELETE /sales/requests/{key}');
  });

  it('refuse pacts that say something else, with the lines that differ', async () => {
    await written();
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"article": "tea"', '"article": "coffee"'));
    const expected = await expectAll(pacts, false);
    await expect(expected.settle()).rejects.toThrow(/ledger-shop\.json:[^]*"coffee"[^]*"tea"/);
  });

  it('refuse to be settled while something is expected that no test shows', async () => {
    const expected = contract(ledger, { pacts, write: true });
    await expected.calls(ShopClient, 'sale', { given: sold() });
    await expect(expected.settle()).rejects.toThrow(
      'ledger expects what no contract test shows: event SaleMade, ShopClient.sell, ShopClient.search',
    );
    expect(readdirSync(pacts)).toEqual([]);
  });

  it('name a pact that nobody expects anything of any more', async () => {
    await written();
    const nothing = contract(defineService({ name: 'ledger', port: 8092 }), { pacts });
    await expect(nothing.settle()).rejects.toThrow(/expects nothing of shop any more; delete the file/);
  });

  it('fail when the event cannot be handled, and when nobody reads it', async () => {
    const expected = contract(ledger, { pacts });
    await expect(expected.reads(SaleBooked, { given: sold({ amount: -1 }) })).rejects.toThrow(
      /ledger could not handle the SaleMade that it expects: Booking could not handle what came with key 1: .*amount/,
    );
    class Unread extends DomainEvent('Unread', z.object({ id: z.number() }), { key: (e) => e.id }) {}
    await expect(expected.reads(Unread, { given: sold() })).rejects.toThrow(
      'no handler of ledger reads Unread',
    );
  });

  it('refuse to expect the same twice without a description that tells them apart', async () => {
    const expected = contract(ledger, { pacts });
    await expected.reads(SaleBooked, { given: sold() });
    await expect(expected.reads(SaleBooked, { given: sold() })).rejects.toThrow(/SaleMade of shop twice/);
  });

  it('give the event with the headers with which it would travel, by which readers choose', async () => {
    const headers: unknown[] = [];
    await contract(ledger, { pacts }).reads(SaleBooked, { given: sold() }, async ({ service }) => {
      await using broker = await brokerIn(service.folder);
      headers.push(...(await broker.records()).map((record) => record.headers));
    });
    expect(headers).toEqual([{ ce_type: 'SaleMade', 'content-type': 'application/json' }]);
  });

  it('fail when the service is not where the event is to find it', async () => {
    const reads = contract(ledger, { pacts }).reads(SaleBooked, {
      given: sold(),
      before: (service) => service.request('POST', '/entries', { sale: 1, amount: -1 }),
    });
    await expect(reads).rejects.toThrow(
      /what ledger is to be in before was not reached: POST \/entries answered 400 .*\/amount/,
    );
  });

  it('states say what can be chosen, and refuse what cannot', () => {
    expect(sold({ article: 'milk' })).toEqual({
      provider: 'shop',
      name: 'something was sold',
      params: { article: 'milk', amount: 2.5 },
    });
    // as they stand in the pact, which knows no other types than JSON
    const { dated } = providerStates('shop', { dated: z.object({ at: z.date(), total: z.bigint() }) });
    const params = { at: new Date('2026-03-04T05:06:07Z'), total: 9_007_199_254_740_993n };
    expect(dated(params).params).toEqual({ at: '2026-03-04T05:06:07.000Z', total: '9007199254740993' });
    const { counted } = providerStates('shop', { counted: z.object({ times: z.number() }) });
    expect(() => counted({ times: 'often' as never })).toThrow(z.ZodError);
  });
});

/** What lies on the topic of a service. */
async function brokerIn(path: string) {
  const broker = new EmbeddedBroker({
    path: join(path, 'events.db'),
    clock: systemClock,
    random: Math.random,
  });
  await broker.open();
  const observer = await TopicObserver.of(broker, 'events');
  return { records: () => observer.records(), [Symbol.asyncDispose]: () => broker.close() };
}
