import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { type TemporaryFolder, contract, providerStates, temporaryFolder } from '../../src/testing/index.js';

@Aggregate({ collection: 'entries' })
class Entry extends AggregateRoot(z.object({ sale: z.number(), price: z.number() })) {}

const sale = z.object({ id: z.number().int(), price: z.number(), paid: z.boolean() });
class SaleMade extends DomainEvent('SaleMade', sale, {
  key: (e) => e.id,
  version: 2,
  upcasters: { 1: ({ amount, ...rest }) => ({ ...rest, price: amount }) },
}) {}

@PolicyHandler({ attempts: 1 })
class Booking {
  private readonly entries = inject(repositoryOf(Entry));

  @Whenever(SaleMade)
  book({ id, price }: SaleMade) {
    this.entries.add(new Entry({ sale: id, price }));
  }
}

/** Reads version 2, of the shop and of the kiosk, which still writes version 1. */
const books = defineService({ name: 'books', port: 8093, aggregates: [Entry], policies: [Booking] });

const given = {
  shop: providerStates('shop', { sold: z.object({}) }).sold(),
  kiosk: providerStates('kiosk', { sold: z.object({}) }).sold(),
};
const written = { id: 7, amount: 3, paid: true, by: 'card', lines: [{ weight: 0.5 }] };

describe('an expectation of an older version', () => {
  let folder: TemporaryFolder;

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const expected = () => contract(books, { pacts: folder.path, write: true });
  const messageOf = (pact: string) =>
    JSON.parse(readFileSync(join(folder.path, `${pact}.json`), 'utf8')).interactions[0];

  it('asks for that name and what was written, and gives it to the handlers through the upcaster', async () => {
    const contracts = expected();
    await contracts.reads(
      SaleMade,
      { given: given.kiosk, version: 1, written, exactly: { paid: true } },
      async (handled) => {
        expect(handled.event).toMatchObject({ id: 7, price: 3, paid: true });
        expect(await handled.service.stored(Entry)).toMatchObject([{ sale: 7, price: 3 }]);
      },
    );
    await contracts.settle();
    const { description, metadata, contents, matchingRules } = messageOf('books-kiosk');
    expect(description).toBe('SaleMade');
    expect(metadata).toMatchObject({ eventType: 'SaleMade', key: '7' });
    expect(contents.content).toMatchObject({ eventType: 'SaleMade', ...written });
    const rules = Object.entries<any>(matchingRules.body).map(([path, { matchers }]) => [
      path,
      matchers[0].match,
    ]);
    // what must be exact has no rule
    expect(Object.fromEntries(rules)).toMatchObject({
      '$.id': 'integer',
      '$.amount': 'integer',
      '$.by': 'type',
      '$.lines[*].weight': expect.stringMatching(/number|decimal/),
    });
    expect(matchingRules.body).not.toHaveProperty('$.paid');
  });

  it('stands beside that of the newest, when one event comes from two publishers', async () => {
    const contracts = expected();
    await contracts.reads(SaleMade, { given: given.shop });
    await contracts.reads(SaleMade, { given: given.kiosk, version: 1, written });
    await contracts.settle();
    expect(messageOf('books-shop').metadata.eventType).toBe('SaleMade.v2');
    expect(messageOf('books-kiosk').metadata.eventType).toBe('SaleMade');
  });

  it('must say what was written, because nobody here knows its schema', async () => {
    await expect(expected().reads(SaleMade, { given: given.kiosk, version: 1 })).rejects.toThrow(
      'say in "written" what is read of version 1 of SaleMade: the class has a schema of version 2 only',
    );
    await expect(expected().reads(SaleMade, { given: given.shop, written })).rejects.toThrow(
      '"written" is for older versions',
    );
  });

  it('fails when the upcasters do not make of it what the class reads', async () => {
    const { paid: _, ...less } = written;
    await expect(
      expected().reads(SaleMade, { given: given.kiosk, version: 1, written: less }),
    ).rejects.toThrow('event SaleMade is not valid: /paid: is missing');
  });

  it.each([3, 0, 1.5])('is refused where the class does not know that version: %d', async (version) => {
    await expect(expected().reads(SaleMade, { given: given.shop, version, written })).rejects.toThrow(
      `SaleMade is read up to version 2; version ${version} of it cannot be expected`,
    );
  });
});
