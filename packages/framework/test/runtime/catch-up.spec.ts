import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CatchUp } from '../../src/runtime/rebuild/catch-up.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

type Positions = { lag: number; committed: number | undefined }[];

/** A consumer whose positions a test says, and whether `work` has ended by then. */
function stage(first: Positions) {
  let now = first;
  let state: 'joining' | 'running' = 'running';
  const clock = new ManualClock();
  const stop = new AbortController();
  const consumer = {
    get state() {
      return state;
    },
    positions: async () => now.map((one, partition) => ({ topic: 'events', partition, ...one })),
  };
  const catchUp = new CatchUp(consumer, clock, stop.signal);
  return {
    stop,
    become: (is: typeof state) => void (state = is),
    after: async (work: (catchUp: CatchUp) => Promise<void>, ...steps: Positions[]): Promise<boolean[]> => {
      let isOver = false;
      const working = work(catchUp).then(() => (isOver = true));
      working.catch(() => {});
      const over: boolean[] = [];
      await turn();
      for (const step of [now, ...steps]) {
        now = step;
        await clock.advance(100);
        await turn();
        over.push(isOver);
      }
      stop.abort(new Error('over'));
      await working.catch(() => {});
      return over;
    },
  };
}

const near = (catchUp: CatchUp) => catchUp.near();
const passed = (catchUp: CatchUp) => catchUp.passed();

describe('catching up', () => {
  it('is near when few records are left in all partitions together', async () => {
    const { after } = stage([
      { lag: 400, committed: 1 },
      { lag: 400, committed: 1 },
    ]);
    expect(
      await after(near, [
        { lag: 400, committed: 1 },
        { lag: 100, committed: 301 },
      ]),
    ).toEqual([false, true]);
  });

  it('has passed the end when each partition is where the end was at the first look, however much comes behind it', async () => {
    const { after } = stage([
      { lag: 10, committed: 90 },
      { lag: 0, committed: undefined },
    ]);
    expect(
      await after(
        passed,
        [
          { lag: 15, committed: 99 },
          { lag: 3, committed: undefined },
        ],
        [
          { lag: 20, committed: 100 },
          { lag: 0, committed: 3 },
        ],
      ),
    ).toEqual([false, false, true]);
  });

  it('does not take a partition of which nothing is committed for one that begins with offset 0', async () => {
    // retention has deleted the first thousand
    const { after } = stage([{ lag: 10, committed: undefined }]);
    expect(
      await after(
        passed,
        [{ lag: 5, committed: 1_005 }],
        [{ lag: 7, committed: 1_009 }],
        [{ lag: 0, committed: 1_016 }],
      ),
    ).toEqual([false, false, false, true]);
  });

  it('waits while partitions are missing, or the consumer does not run', async () => {
    const lab = stage([
      { lag: 5, committed: 1 },
      { lag: 5, committed: 1 },
    ]);
    lab.become('running');
    expect(await lab.after(passed, [{ lag: 0, committed: 6 }])).toEqual([false, false]);
    const other = stage([{ lag: 0, committed: 1 }]);
    other.become('joining');
    expect(await other.after(passed)).toEqual([false]);
  });
});
