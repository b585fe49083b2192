import { describe, expect, it } from 'vitest';
import { StoreBusyError } from '../../src/kernel/errors/store-errors.js';
import type { Logger } from '../../src/kernel/logger.js';
import { InboxPruning } from '../../src/runtime/inbox-pruning.js';
import type { Store } from '../../src/store/store.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

/** A store that has so many old marks; and what it was asked for. */
function storeWith(marks: number) {
  const asked: { ageMs: number; limit: number }[] = [];
  const faults: Error[] = [];
  const pruneInbox: Store['pruneInbox'] = async (ageMs, limit) => {
    asked.push({ ageMs, limit });
    const fault = faults.shift();
    if (fault) throw fault;
    const pruned = Math.min(marks, limit);
    marks -= pruned;
    return pruned;
  };
  return { store: { pruneInbox } as Store, asked, faults };
}

function logs() {
  const lines: string[] = [];
  const log = (_: object, message: string) => void lines.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  return { lines, logger };
}

const caughtUp = () => Promise.resolve(true);

describe('pruning the inbox', () => {
  it('removes all that is old, in small pieces, at the start and every minute', async () => {
    const [clock, { store, asked }, { logger }] = [new ManualClock(), storeWith(2_500), logs()];
    const pruning = new InboxPruning(store, clock, 5_000, logger, caughtUp);
    pruning.start();
    for (const pieces of [1, 2, 3]) {
      await clock.sleeping();
      expect(asked).toHaveLength(pieces);
      await clock.advance(10);
    }
    await clock.advance(59_000);
    expect(asked).toHaveLength(3);
    await clock.advance(1_000);
    await clock.sleeping();
    expect(asked).toEqual(Array.from({ length: 4 }, () => ({ ageMs: 5_000, limit: 1_000 })));
    await pruning.stop();
    expect(clock.sleepers).toBe(0);
  });

  it('goes on a minute later when it fails, and says so', async () => {
    const [clock, { store, asked, faults }, { logger, lines }] = [new ManualClock(), storeWith(0), logs()];
    faults.push(new StoreBusyError('test', 10));
    const pruning = new InboxPruning(store, clock, 5_000, logger, caughtUp);
    pruning.start();
    await clock.sleeping();
    expect(lines).toEqual(['old inbox marks could not be removed, trying again later']);
    await clock.advance(60_000);
    await clock.sleeping();
    expect(asked).toHaveLength(2);
    await pruning.stop();
  });

  it('stops at once, also before it has started, and in the middle of many pieces', async () => {
    const [clock, { store, asked }, { logger, lines }] = [new ManualClock(), storeWith(1e6), logs()];
    await new InboxPruning(store, clock, 5_000, logger, caughtUp).stop();
    const pruning = new InboxPruning(store, clock, 5_000, logger, caughtUp);
    pruning.start();
    await clock.sleeping();
    await pruning.stop();
    expect({ asked: asked.length, lines, sleepers: clock.sleepers }).toEqual({
      asked: 1,
      lines: [],
      sleepers: 0,
    });
  });

  it('removes nothing before everything older than its start was read: a mark may still be needed', async () => {
    const [clock, { store, asked }, { logger }] = [new ManualClock(), storeWith(0), logs()];
    let read = false;
    const times: number[] = [];
    const pruning = new InboxPruning(store, clock, 5_000, logger, (time) => {
      times.push(time);
      return Promise.resolve(read);
    });
    const begin = clock.now();
    pruning.start();
    await clock.sleeping();
    await clock.advance(60_000);
    await clock.sleeping();
    expect(asked).toHaveLength(0);
    read = true;
    await clock.advance(60_000);
    await clock.sleeping();
    expect(asked).toHaveLength(1);
    expect(times).toEqual([begin, begin, begin]);
    await pruning.stop();
  });
});
