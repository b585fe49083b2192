import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CatchUp } from '../../src/runtime/rebuild/catch-up.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

type Positions = { offset: number; lag: number }[];

/** A consumer whose positions a test says, and whether `work` has ended by then. */
function stage(first: Positions) {
  let now = first;
  let state: 'joining' | 'running' | 'closed' = 'running';
  let stuck: unknown;
  const clock = new ManualClock();
  const stop = new AbortController();
  const consumer = {
    get state() {
      return state;
    },
    get stuck() {
      return stuck;
    },
    failure: undefined,
    lag: async () => now.map((one, partition) => ({ topic: 'events', partition, ...one })),
  };
  const catchUp = new CatchUp('sales', consumer, clock, stop.signal);
  return {
    stop,
    catchUp,
    become: (is: typeof state) => void (state = is),
    getStuck: (why: unknown) => void (stuck = why),
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
      { offset: 1, lag: 400 },
      { offset: 1, lag: 400 },
    ]);
    expect(
      await after(near, [
        { offset: 1, lag: 400 },
        { offset: 301, lag: 100 },
      ]),
    ).toEqual([false, true]);
  });

  it('has passed the end when each partition is where the end was at the first look, however much comes behind it', async () => {
    const { after } = stage([
      { offset: 90, lag: 10 },
      { offset: 0, lag: 0 },
    ]);
    expect(
      await after(
        passed,
        [
          { offset: 99, lag: 15 },
          { offset: 0, lag: 3 },
        ],
        [
          { offset: 100, lag: 20 },
          { offset: 3, lag: 0 },
        ],
      ),
    ).toEqual([false, false, true]);
  });

  it('has passed what is given to nobody, though nothing of it is committed', async () => {
    // the last thing is a mark of a transaction: no record comes whose offset could be committed
    const { after } = stage([{ offset: 7, lag: 3 }]);
    expect(await after(passed, [{ offset: 9, lag: 1 }], [{ offset: 10, lag: 0 }])).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('fails when the consumer is closed or cannot get past a record, and says why', async () => {
    for (const work of [near, passed]) {
      const closed = stage([{ offset: 1, lag: 5_000 }]);
      closed.become('closed');
      await expect(work(closed.catchUp)).rejects.toMatchObject({ code: 'REBUILD_STUCK' });
      const stuck = stage([{ offset: 1, lag: 5_000 }]);
      const why = new Error('no room for it');
      stuck.getStuck(why);
      await expect(work(stuck.catchUp)).rejects.toMatchObject({ code: 'REBUILD_STUCK', cause: why });
    }
  });

  it('waits while partitions are missing, or the consumer does not run', async () => {
    const lab = stage([
      { offset: 1, lag: 5 },
      { offset: 1, lag: 5 },
    ]);
    lab.become('running');
    expect(await lab.after(passed, [{ offset: 6, lag: 0 }])).toEqual([false, false]);
    const other = stage([{ offset: 1, lag: 0 }]);
    other.become('joining');
    expect(await other.after(passed)).toEqual([false]);
  });
});
