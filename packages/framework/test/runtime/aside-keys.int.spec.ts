import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { currentSignal } from '../../src/model/current-signal.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { type Lab, openLab } from '../fixtures/lab.js';
import { calls, duty, filed, letter, office, resetOffice, waiting } from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

resetOffice();

const onePartition = { settings: { TOPIC_PARTITIONS: 1 }, random: () => 0 };
const letters = (from: string, count: number, begin = 1) =>
  Array.from({ length: count }, (_, index) => letter(from, begin + index));
const names = (from: string, count: number) => letters(from, count).map((_, index) => `${from}${index + 1}`);
const messages = (lab: Lab) => lab.logged.map(({ msg }) => msg);
const ASIDE = 'a record takes its time and many wait for it, its key is put aside';

/** Lets the first letter of `slow` wait for the gate, in each of its attempts. */
function slowClerk(gate: Latch): void {
  duty.clerk = ({ from, no }) => from === 'slow' && no === 1 && gate.opened;
}

/** How many records wait, of all keys. */
async function inTheLot(lab: Lab): Promise<number> {
  return (await lab.store.parking.keys(0, 100)).reduce((sum, { records }) => sum + records, 0);
}

async function workedOff(lab: Lab): Promise<void> {
  await lab.drained();
  await until(
    () => inTheLot(lab),
    (records) => records === 0,
    25_000,
  );
}

describe('a record that takes its time while many of its key wait', () => {
  it('is put aside with its key: other keys of its partition and the offset go on, then all is done in order', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    slowClerk(gate);
    await using lab = await openLab(folder.path, office, onePartition);
    // more than are held of a partition: it would stand still
    await lab.send(...letters('slow', 1_300), ...letters('quick', 20));
    await until(
      () => filed(lab),
      (entries) => entries.length === 20,
    );
    await lab.drained();
    expect(await waiting(lab)).toEqual(['Clerk slow: undefined, 1300']);
    expect(await lab.store.parking.count('failed')).toBe(0);
    expect(messages(lab).filter((msg) => msg === ASIDE)).toHaveLength(1);
    await lab.send(letter('slow', 1_301), letter('quick', 21));
    gate.open();
    await workedOff(lab);
    // ids come in the order of the commits of one key
    const entries = (await lab.store.select(tableOf(lab), byId)).map(({ values }) => values);
    const done = entries.filter(({ from }) => from === 'slow').map(({ no }) => no);
    expect(done).toEqual(Array.from({ length: 1_301 }, (_, index) => index + 1));
    expect(await lab.metrics.text()).toMatch(/^handler_duration_seconds_count\{.*outcome="aside".*\} 1$/m);
    // and the key is free again
    await lab.send(letter('slow', 1_302));
    await lab.drained();
    expect(calls.at(-1)).toBe('clerk slow1302');
  });

  it('is put aside sooner when what waits has so many bytes that nothing else is taken', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    duty.clerk = ({ from, no }) => from.startsWith('slow') && no === 1 && gate.opened;
    await using lab = await openLab(folder.path, office, onePartition);
    const text = 'x'.repeat(1_000_000);
    const large = (from: string, no: number) => ({ ...letter(from, no), fields: { from, no, text } });
    // of each key fewer than are waited for otherwise
    for (let no = 1; no <= 24; no++)
      await lab.send(...['slow1', 'slow2', 'slow3'].map((from) => large(from, no)));
    await lab.send(letter('quick', 1));
    await until(
      () => filed(lab),
      (entries) => entries.includes('quick1'),
      // a handler may take 30 s
      20_000,
    );
    gate.open();
    await workedOff(lab);
    expect(await filed(lab)).toHaveLength(73);
  }, 60_000);

  it('is told by its signal that it is to stop, and does not commit any more', async () => {
    using folder = temporaryFolder();
    const stopped: unknown[] = [];
    const late = new Latch();
    duty.clerk = async ({ from, no }) => {
      if (from !== 'slow' || no !== 1 || stopped.length > 0) return;
      const signal = currentSignal();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      stopped.push(signal.reason);
      await late.opened;
    };
    await using lab = await openLab(folder.path, office, onePartition);
    await lab.send(...letters('slow', 60));
    await workedOff(lab);
    expect(stopped).toEqual(['put aside']);
    late.open();
    await lab.send(letter('marker', 1));
    await lab.drained();
    expect(await filed(lab)).toEqual([...names('slow', 60), 'marker1']);
  });

  it('and then fails for good waits for a person, with all behind it', async () => {
    using folder = temporaryFolder();
    let isBroken = true;
    duty.clerk = async ({ from, no }) => {
      if (from !== 'slow' || no !== 1) return;
      const signal = currentSignal();
      if (calls.filter((call) => call === 'clerk slow1').length === 1)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      if (isBroken) throw new Error('no such drawer');
    };
    await using lab = await openLab(folder.path, office, onePartition);
    await lab.send(...letters('slow', 60), letter('a', 1));
    await until(
      () => lab.store.parking.count('failed'),
      (failed) => failed === 1,
    );
    await lab.drained();
    expect(await waiting(lab)).toEqual(['Clerk slow: Error, 60']);
    expect(await lab.store.parking.first('Clerk', 'slow')).toMatchObject({ attempts: 5 });
    expect(messages(lab)).toContain('a record cannot be handled, its key is parked');
    expect(await filed(lab)).toEqual(['a1']);
    isBroken = false;
    expect(await lab.assembly.redrive.key('Clerk', 'slow')).toMatchObject({ done: 60 });
    expect((await filed(lab)).slice(1)).toEqual(names('slow', 60));
  });

  it('is worked off by the next owner of its partition, when the first is gone', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    slowClerk(gate);
    {
      await using lab = await openLab(folder.path, office, onePartition);
      await lab.send(...letters('slow', 80));
      await until(
        () => inTheLot(lab),
        (records) => records === 80,
      );
      // it ends in the middle of the first
      gate.open();
      await lab.assembly.consumer!.stop();
      expect(await inTheLot(lab)).toBeGreaterThan(0);
    }
    calls.length = 0;
    await using next = await openLab(folder.path, office, onePartition);
    await next.send(letter('slow', 81));
    await workedOff(next);
    expect(await filed(next)).toEqual(names('slow', 81));
  });

  it('is not put aside while few wait for it: its attempt may take its time', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    slowClerk(gate);
    await using lab = await openLab(folder.path, office, onePartition);
    await lab.send(...letters('slow', 50));
    const begin = Date.now();
    await until(
      () => Date.now() - begin,
      (ms) => ms > 1_700,
    );
    expect(await inTheLot(lab)).toBe(0);
    gate.open();
    await lab.drained();
    expect(calls.filter((call) => call === 'clerk slow1')).toHaveLength(1);
    expect(await filed(lab)).toEqual(names('slow', 50));
  });

  it('lets the offset go on also where it is the only one of its key', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    slowClerk(gate);
    await using lab = await openLab(folder.path, office, onePartition);
    const others = Array.from({ length: 12_000 }, () => ({
      eventType: 'Parcel',
      headers: { ce_type: 'Parcel' },
    }));
    await lab.send(letter('slow', 1), ...others, letter('a', 1));
    await lab.drained();
    expect(await waiting(lab)).toEqual(['Clerk slow: undefined, 1']);
    gate.open();
    await workedOff(lab);
    expect(await filed(lab)).toEqual(['a1', 'slow1']);
  });
});

describe('while the store is away', () => {
  it('nothing is put aside, however long it takes and however many wait', async () => {
    using folder = temporaryFolder();
    let store!: FaultyStore;
    let isAway = true;
    let refused = 0;
    await using lab = await openLab(folder.path, office, {
      ...onePartition,
      wrapStore: (real) => {
        store = new FaultyStore(real);
        const commit = store.commit.bind(store);
        store.commit = (plan) => {
          if (!isAway) return commit(plan);
          refused++;
          return Promise.reject(new StoreUnavailableError('test'));
        };
        return store;
      },
    });
    const begin = Date.now();
    await lab.send(...letters('slow', 200), ...letters('a', 200));
    await until(
      () => Date.now() - begin,
      (ms) => ms > 2_000 && refused > 2,
    );
    expect(await inTheLot(lab)).toBe(0);
    isAway = false;
    await lab.drained();
    expect(await inTheLot(lab)).toBe(0);
    const entries = await filed(lab);
    expect(entries.filter((entry) => entry.startsWith('slow'))).toEqual(names('slow', 200));
    // told once each, not by every record that waits
    expect(messages(lab).filter((msg) => msg.startsWith('handlers wait for the store'))).toHaveLength(1);
    expect(messages(lab).filter((msg) => msg.startsWith('handlers do not wait'))).toHaveLength(1);
    expect(await lab.metrics.text()).toMatch(/outcome="outage"/);
  });

  it('for an hour nothing is parked, and everything goes on in order', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock(Date.now());
    let isAway = true;
    let refused = 0;
    await using lab = await openLab(folder.path, office, {
      settings: { TOPIC_PARTITIONS: 1 },
      clock,
      wrapStore: (real) => {
        const commit = real.commit.bind(real);
        real.commit = (plan) => {
          if (!isAway) return commit(plan);
          refused++;
          return Promise.reject(new StoreUnavailableError('test'));
        };
        return real;
      },
    });
    await lab.send(...letters('slow', 100), ...letters('a', 3));
    await until(
      () => refused,
      (attempts) => attempts >= 2,
    );
    for (let minute = 0; minute < 60; minute++) await clock.advance(60_000);
    // back-off is 5 s at the most
    expect(refused).toBeGreaterThan(600);
    expect(await inTheLot(lab)).toBe(0);
    isAway = false;
    await until(
      async () => {
        await clock.advance(1_000);
        return (await lab.assembly.consumer!.lag()).map(({ lag }) => lag);
      },
      ([lag]) => lag === 0,
    );
    expect(await inTheLot(lab)).toBe(0);
    const entries = await filed(lab);
    expect(entries.filter((entry) => entry.startsWith('slow'))).toEqual(names('slow', 100));
    expect(entries).toHaveLength(103);
  });
});

const byId = { where: [], sort: [], offset: 0, limit: 2_000 };
const tableOf = (lab: Lab) => lab.assembly.collections.find(({ name }) => name === 'entries')!.table;
