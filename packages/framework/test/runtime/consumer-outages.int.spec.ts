import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import { StoreUnavailableError, VersionConflictError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { openLab } from '../fixtures/lab.js';
import {
  auditedOffice,
  calls,
  duty,
  filed,
  letter,
  office,
  resetOffice,
  waiting,
} from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

resetOffice();

const atOnce = { random: () => 0 };
const times = (call: string) => calls.filter((one) => one === call).length;

describe('a handler that hangs', () => {
  it('is given up after its time; what it does later never commits', async () => {
    using folder = temporaryFolder();
    const [gate, ended] = [new Latch(), new Latch()];
    duty.clerk = async ({ from }) => {
      if (from !== 'hangs') return;
      await gate.opened;
      ended.open();
    };
    await using lab = await openLab(folder.path, auditedOffice, {
      ...atOnce,
      settings: { HANDLER_TIMEOUT_MS: 300 },
    });
    await lab.send(letter('hangs', 1), letter('a', 1));
    await lab.drained();
    expect(await waiting(lab)).toEqual(['Clerk hangs: HANDLER_TIMEOUT, 1']);
    expect(times('clerk hangs1')).toBe(5);
    gate.open();
    await ended.opened;
    await lab.send(letter('marker', 1));
    await lab.drained();
    expect((await filed(lab)).toSorted()).toEqual(['a1', 'marker1']);
  });

  it('and wakes up while its next attempt runs does not commit before that', async () => {
    using folder = temporaryFolder();
    const [secondBegun, first, second] = [new Latch(), new Latch(), new Latch()];
    duty.clerk = async ({ from }) => {
      if (from !== 'a') return;
      if (times('clerk a1') === 1) return first.opened;
      secondBegun.open();
      await second.opened;
    };
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      settings: { HANDLER_TIMEOUT_MS: 500 },
    });
    await lab.send(letter('a', 1));
    await secondBegun.opened;
    first.open();
    // what comes after it in the same process is committed after it
    await lab.send(letter('marker', 1));
    const entries = await until(
      () => filed(lab),
      (seen) => seen.length > 0,
    );
    expect(entries).toEqual(['marker1']);
    second.open();
    await lab.drained();
    expect(await filed(lab)).toEqual(['marker1', 'a1']);
  });

  it('once takes effect once, in its next attempt', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    duty.clerk = () => calls.length === 1 && gate.opened;
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      settings: { HANDLER_TIMEOUT_MS: 300 },
    });
    await lab.send(letter('a', 1));
    await lab.drained();
    gate.open();
    await lab.send(letter('a', 2));
    await lab.drained();
    expect(calls).toEqual(['clerk a1', 'clerk a1', 'clerk a2']);
    expect(await filed(lab)).toEqual(['a1', 'a2']);
  });
});

describe('while the store is away', () => {
  it('nothing is parked, and everything goes on by itself in order when it is back', async () => {
    using folder = temporaryFolder();
    let refused = 0;
    let isAway = true;
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      wrapStore: (store) => {
        const commit = store.commit.bind(store);
        store.commit = (plan) => {
          if (!isAway) return commit(plan);
          refused++;
          return Promise.reject(new StoreUnavailableError('test'));
        };
        return store;
      },
    });
    await lab.send(...[1, 2, 3].flatMap((no) => ['a', 'b', 'c', 'd'].map((from) => letter(from, no))));
    await until(
      () => refused,
      (attempts) => attempts >= 60,
    );
    isAway = false;
    await lab.drained();
    expect(await waiting(lab)).toEqual([]);
    const entries = await filed(lab);
    for (const from of ['a', 'b', 'c', 'd']) {
      expect(entries.filter((entry) => entry.startsWith(from))).toEqual(
        [1, 2, 3].map((no) => `${from}${no}`),
      );
    }
  });

  it('what is to be parked waits until it can be', async () => {
    using folder = temporaryFolder();
    duty.clerk = () => {
      throw new DomainError('closed');
    };
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      wrapStore: (one) => (store = new FaultyStore(one)),
    });
    for (const nth of [1, 2, 3]) store.failNext('parking.park', new StoreUnavailableError('test'), { nth });
    await lab.send(letter('a', 1), { value: 'no event' });
    await lab.drained();
    expect((await waiting(lab)).toSorted()).toEqual([
      '(unreadable) null: UNREADABLE_RECORD, 1',
      'Clerk a: DOMAIN_RULE, 1',
    ]);
  });
});

describe('a version conflict', () => {
  it('means a fresh attempt and does not count as a failure', async () => {
    using folder = temporaryFolder();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      wrapStore: (one) => (store = new FaultyStore(one)),
    });
    for (let nth = 1; nth <= 20; nth++)
      store.failNext('commit', new VersionConflictError('entries', 1, 1), { nth });
    await lab.send(letter('a', 1));
    await lab.drained();
    expect(times('clerk a1')).toBe(21);
    expect(await filed(lab)).toEqual(['a1']);
  });

  it('that never ends is parked after all', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office, {
      ...atOnce,
      wrapStore: (store) =>
        Object.assign(store, { commit: () => Promise.reject(new VersionConflictError('entries', 1, 1)) }),
    });
    await lab.send(letter('a', 1));
    await lab.drained();
    expect(times('clerk a1')).toBe(105);
    expect(await waiting(lab)).toEqual(['Clerk a: VERSION_CONFLICT, 1']);
  });
});

describe('an offset', () => {
  it('is committed only when what was done for it is durable', async () => {
    using folder = temporaryFolder();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, office, {
      wrapStore: (real) => (store = new FaultyStore(real)),
    });
    const lag = async () => (await lab.assembly.consumer!.lag()).reduce((sum, one) => sum + one.lag, 0);
    const flushing = store.holdNext('flush');
    await lab.send(letter('a', 1));
    await flushing.reached;
    expect(await filed(lab)).toEqual(['a1']);
    expect(await lag()).toBe(1);
    flushing.release();
    await until(lag, (left) => left === 0);
  });
});
