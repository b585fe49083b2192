import { describe, expect, it } from 'vitest';
import { DomainError, InvalidEventError } from '../../src/kernel/errors/model-errors.js';
import {
  Approved1,
  Approved2,
  ApprovedBoth,
  books,
  calls,
  counter,
  duty,
  fromJava,
  noted,
  recordsOf,
  resetApprovals,
  shown,
  upcaster,
} from '../fixtures/approvals.js';
import { openLab } from '../fixtures/lab.js';
import { rebuilt } from '../fixtures/market.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

resetApprovals();

const both = (id: number, currency = 'EUR') => new ApprovedBoth({ id, amount: id * 100, currency });
const CLOSED = () => {
  throw new DomainError('closed');
};

describe('an event that is published in two versions', () => {
  it.each([
    ['of version 1 reads what is of version 1', Approved1, ['1: 100 -', '1: 100 -', '2: 200 -']],
    ['of version 2 reads what is of version 2', Approved2, ['1: 100 EUR', '1: 100 USD', '2: 200 EUR']],
  ])('has one effect: a reader %s', async (_, eventClass, expected) => {
    using folder = temporaryFolder();
    await using reader = await openLab(folder.path, books(eventClass));
    await using writer = await openLab(folder.path, counter(ApprovedBoth));
    await writer.run(() => {
      both(1).publishAfterCommit();
      both(1, 'USD').publishAfterCommit();
      both(2).publishAfterCommit();
    });
    await until(
      () => writer.store.outbox.status(),
      ({ pending }) => pending === 0,
    );
    await reader.drained();
    // one call for each event, and not a second one that comes to nothing
    expect(calls.toSorted()).toEqual(expected);
    expect((await noted(reader)).toSorted()).toEqual(expected);
    const ofOne = expected.slice(0, 2).map((text) => `[${text}]`);
    expect((await shown(reader)).toSorted()).toEqual([ofOne.join(''), `[${expected[2]}]`]);
  });

  it('is committed with both records, or with none when the older version cannot say it', async () => {
    using folder = temporaryFolder();
    await using writer = await openLab(folder.path, counter(ApprovedBoth), { idle: true });
    await writer.run(() => {
      both(1).publishAfterCommit();
      expect(() => both(1_000_000).publishAfterCommit()).toThrow(InvalidEventError);
      both(2).publishAfterCommit();
    });
    const waiting = await writer.store.outbox.read({ entries: 10, bytes: 100_000 });
    // in the order of the calls for each key, each event from its newest version to its oldest
    expect(waiting.map(({ key, headers }) => `${key} ${headers['ce_type']}`)).toEqual([
      '1 Approved.v2',
      '1 Approved',
      '2 Approved.v2',
      '2 Approved',
    ]);
  });

  describe('has one effect also when the version of its reader changes between its two records', () => {
    const [second, first] = recordsOf(both(1));

    it('from 1 to 2, where the newer one was passed over', async () => {
      using folder = temporaryFolder();
      {
        await using before = await openLab(folder.path, books(Approved1));
        await before.send(second!);
        await before.drained();
        expect(await noted(before)).toEqual([]);
      }
      await using after = await openLab(folder.path, books(Approved2));
      await after.send(first!);
      await after.drained();
      expect(await noted(after)).toEqual(['1: 100 KRW']);
    });

    it('from 2 to 1, where the newer one was handled', async () => {
      using folder = temporaryFolder();
      {
        await using before = await openLab(folder.path, books(Approved2));
        await before.send(second!);
        await before.drained();
      }
      await using after = await openLab(folder.path, books(Approved1));
      await after.send(first!);
      await after.drained();
      expect(await noted(after)).toEqual(['1: 100 EUR']);
      expect(await shown(after)).toEqual(['[1: 100 EUR]']);
    });

    it('from 2 to 2, in another process', async () => {
      using folder = temporaryFolder();
      {
        await using before = await openLab(folder.path, books(Approved2));
        await before.send(second!);
        await before.drained();
      }
      await using after = await openLab(folder.path, books(Approved2));
      await after.send(first!);
      await after.drained();
      expect(await noted(after)).toEqual(['1: 100 EUR']);
    });

    it('from 2 to 1, where the newer one is parked', async () => {
      using folder = temporaryFolder();
      duty.note = CLOSED;
      {
        await using before = await openLab(folder.path, books(Approved2));
        await before.send(second!);
        await before.drained();
      }
      await using after = await openLab(folder.path, books(Approved1));
      await after.send(first!);
      await after.drained();
      duty.note = () => {};
      expect(await after.assembly.redrive.all()).toMatchObject({
        failures: [{ message: expect.stringMatching(/up to version 1, and this is version 2.*Do not drop/) }],
      });
      expect(await noted(after)).toEqual([]);
      expect(await after.store.parking.records('Bookkeeper', '1', 0, 10)).toMatchObject([
        { eventType: 'Approved.v2' },
      ]);
    });
  });
});

describe('an event that was published before its reader had version 2', () => {
  it('goes through the upcaster: from the log, from the outbox, and from Java', async () => {
    using folder = temporaryFolder();
    {
      await using writer = await openLab(folder.path, counter(Approved1), { idle: true });
      await writer.run(() => new Approved1({ id: 1, amount: 100 }).publishAfterCommit());
      await writer.send(
        ...recordsOf(new Approved1({ id: 2, amount: 200 })),
        fromJava('Approved', { id: 3, amount: 300 }),
      );
    }
    await using writer = await openLab(folder.path, counter(Approved2));
    await writer.run(() => new Approved2({ id: 1, amount: 150, currency: 'EUR' }).publishAfterCommit());
    await until(
      () => writer.store.outbox.status(),
      ({ pending }) => pending === 0,
    );
    await using reader = await openLab(folder.path, books(Approved2));
    await reader.drained();
    expect((await noted(reader)).toSorted()).toEqual([
      '1: 100 KRW',
      '1: 150 EUR',
      '2: 200 KRW',
      '3: 300 KRW',
    ]);
    expect(await shown(reader)).toEqual(['[1: 100 KRW][1: 150 EUR]', '[2: 200 KRW]', '[3: 300 KRW]']);
  });

  it('is parked with its key when the upcaster throws, at once, and handled when that is mended', async () => {
    using folder = temporaryFolder();
    upcaster.run = () => {
      throw new TypeError('no such rate');
    };
    await using reader = await openLab(folder.path, books(Approved2));
    await reader.send(
      ...recordsOf(new Approved1({ id: 1, amount: 100 })),
      ...recordsOf(both(1)),
      ...recordsOf(both(2)),
    );
    await reader.drained();
    const [parked] = await reader.store.parking.records('Bookkeeper', '1', 0, 10);
    expect(parked).toMatchObject({
      eventType: 'Approved',
      attempts: 1,
      reason: {
        code: 'UPCAST_FAILED',
        message: 'event Approved cannot be brought to version 2: no such rate',
      },
    });
    // behind it waits what came later for its key, once; other keys go on
    expect(
      (await reader.store.parking.records('Bookkeeper', '1', 0, 10)).map((one) => one.eventType),
    ).toEqual(['Approved', 'Approved.v2']);
    expect(await noted(reader)).toEqual(['2: 200 EUR']);
    upcaster.run = (fields) => ({ ...fields, currency: 'KRW' });
    expect(await reader.assembly.redrive.all()).toEqual({ done: 4, failures: [] });
    expect(await noted(reader)).toEqual(['2: 200 EUR', '1: 100 KRW', '1: 100 EUR']);
  });

  it('is parked with its key when the upcaster leaves out what the schema wants', async () => {
    using folder = temporaryFolder();
    upcaster.run = (fields) => fields;
    await using reader = await openLab(folder.path, books(Approved2));
    await reader.send(...recordsOf(new Approved1({ id: 1, amount: 100 })));
    await reader.drained();
    expect(await reader.store.parking.records('Bookkeeper', '1', 0, 10)).toMatchObject([
      { reason: { code: 'INVALID_EVENT' }, attempts: 1 },
    ]);
  });

  it('builds a view anew: what is of version 1 goes through the upcaster, and what is in both counts once', async () => {
    using folder = temporaryFolder();
    {
      await using before = await openLab(folder.path, books(Approved1));
      await before.send(
        ...recordsOf(new Approved1({ id: 1, amount: 100 })),
        ...recordsOf(both(1)),
        ...recordsOf(both(2)),
      );
      await before.drained();
      expect(await shown(before)).toEqual(['[1: 100 -][1: 100 -]', '[2: 200 -]']);
    }
    await using reader = await openLab(folder.path, books(Approved2));
    await rebuilt(reader, 'balances');
    expect(await shown(reader)).toEqual(['[1: 100 KRW][1: 100 EUR]', '[2: 200 EUR]']);
  });
});

describe('an event of a version that its reader does not know', () => {
  it('is passed over and counted as any event that nobody reacts to, with its header or without', async () => {
    using folder = temporaryFolder();
    await using reader = await openLab(folder.path, books(Approved1));
    await reader.send(
      ...recordsOf(new Approved2({ id: 1, amount: 100, currency: 'EUR' })),
      fromJava('Approved.v2', { id: 2, amount: 100, currency: 'EUR' }),
      ...recordsOf(new Approved1({ id: 3, amount: 100 })),
    );
    await reader.drained();
    expect(await noted(reader)).toEqual(['3: 100 -']);
    expect(await reader.store.parking.count()).toBe(0);
    expect(await reader.metrics.one('events_ignored_total')).toMatchObject({ measurements: [{ value: 2 }] });
  });
});
