import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  Aggregate,
  AggregateRoot,
  DomainEvent,
  PolicyHandler,
  Whenever,
  defineService,
  inject,
  repositoryOf,
} from '../../src/index.js';
import {
  type SampleOptions,
  type TemporaryFolder,
  temporaryFolder,
  yesterdaysEvents,
} from '../../src/testing/index.js';
import { ledger } from './contract-fixture.js';

@Aggregate({ collection: 'accounts' })
class Account extends AggregateRoot(z.object({ total: z.number() })) {}

const sale = z.object({ id: z.number().int(), price: z.number() });
class SaleMade extends DomainEvent('SaleMade', sale, {
  key: (e) => e.id,
  version: 2,
  upcasters: { 1: ({ amount, ...rest }) => ({ ...rest, price: amount }) },
}) {}

@PolicyHandler({ attempts: 1 })
class Adding {
  private readonly accounts = inject(repositoryOf(Account));

  @Whenever(SaleMade)
  async add({ price }: SaleMade) {
    const account = await this.accounts.get(1);
    account.total += price;
  }
}

/** Reads version 2, and needs an account. */
const books = defineService({ name: 'books', port: 8093, aggregates: [Account], policies: [Adding] });

describe("yesterday's events", () => {
  let folder: TemporaryFolder;

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const sample = (name: string, value: object) => {
    mkdirSync(join(folder.path, 'shop'), { recursive: true });
    const record = { topic: 'events', key: '1', headers: {}, value: { eventType: name, ...value } };
    writeFileSync(join(folder.path, 'shop', `${name}.json`), JSON.stringify(record));
  };
  const replays = (definition = ledger, options: Partial<SampleOptions> = {}) =>
    yesterdaysEvents(definition, { samples: folder.path, ...options });
  const titles = (...given: Parameters<typeof replays>) => replays(...given).map(({ title }) => title);

  it('are replayed, all that the service reads, in every version that it can read', async () => {
    sample('SaleMade', { id: 1, amount: 2, soldAt: '2026-01-01T12:00:00Z' });
    sample('SaleMade.v2', { id: 1, price: 2 });
    sample('SaleMade.v3', { id: 1 });
    sample('Unread', { id: 1 });
    expect(titles()).toEqual(['shop: SaleMade']);
    expect(titles(books)).toEqual(['shop: SaleMade', 'shop: SaleMade.v2']);
    for (const { replay } of replays()) await replay();
  });

  it('find the service where they need it', async () => {
    sample('SaleMade', { id: 1, amount: 2 });
    sample('SaleMade.v2', { id: 1, price: 3 });
    const all = replays(books, { before: (service) => service.request('POST', '/accounts', { total: 0 }) });
    for (const { replay } of all) await replay();
    const refused = replays(books, { before: (service) => service.request('POST', '/accounts', {}) });
    await expect(refused[0]!.replay()).rejects.toThrow(
      /what books is to be in before was not reached: POST \/accounts answered 400/,
    );
  });

  it('say which handler can no longer handle them, and why', async () => {
    sample('SaleMade', { id: 1, amount: 2 });
    await expect(replays()[0]!.replay()).rejects.toThrow(
      /ledger cannot handle .*SaleMade\.json any more: Booking could not handle what came with .*soldAt/,
    );
    await expect(replays(books)[0]!.replay()).rejects.toThrow(/Adding could not handle .*Account/);
  });

  it('lie in a folder that is given as a path, a URL, or the text of one', () => {
    sample('SaleMade', { id: 1 });
    const url = pathToFileURL(folder.path);
    for (const samples of [folder.path, url, url.href]) expect(titles(ledger, { samples })).toHaveLength(1);
  });

  it('are missed where there is no such folder', () => {
    expect(() => replays(ledger, { samples: join(folder.path, 'nowhere') })).toThrow(
      /there are no samples of released events in .*nowhere; "skanu contracts release" writes them/,
    );
  });
});
