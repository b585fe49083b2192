import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/kernel/clock.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const clocks: [string, () => Clock][] = [
  ['the clock of the machine', () => systemClock],
  ['a manual clock', () => new ManualClock()],
];

describe.each(clocks)('%s', (_, make) => {
  it('rejects a sleep with the reason of a signal that was aborted before', async () => {
    const reason = new Error('gone');
    await expect(make().sleep(10, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('rejects a sleep with the reason of the signal, at once when it is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('gone');
    const asleep = make().sleep(3_600_000, abort.signal);
    abort.abort(reason);
    await expect(asleep).rejects.toBe(reason);
  });
});

describe('the clock of the machine', () => {
  it('tells the time, and has moved on by what was slept', async () => {
    const before = systemClock.now();
    await systemClock.sleep(20);
    // timers of Node may be early by a fraction of a millisecond
    expect(systemClock.now() - before).toBeGreaterThanOrEqual(19);
  });
});

describe('a manual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = new ManualClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(250);
    expect(clock.now()).toBe(1_250);
  });

  it('wakes a sleeper when its time has come, and not before', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    void clock.sleep(100).then(() => woken.push('slept 100'));
    await clock.advance(99);
    expect(woken).toEqual([]);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    expect(woken).toEqual(['slept 100']);
    expect(clock.sleepers).toBe(0);
  });

  it('wakes many in the order of their times, each at its own time', async () => {
    const clock = new ManualClock(0);
    const woken: number[] = [];
    for (const ms of [30, 10, 20]) void clock.sleep(ms).then(() => woken.push(clock.now()));
    await clock.advance(60);
    expect(woken).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(60);
  });

  it('lets one that sleeps again within the same advance wake again', async () => {
    const clock = new ManualClock(0);
    const woken: number[] = [];
    const regularly = async () => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(10);
        woken.push(clock.now());
      }
    };
    void regularly();
    await clock.advance(35);
    expect(woken).toEqual([10, 20, 30]);
  });

  it('a sleeper that was given up is not woken', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const asleep = clock.sleep(10, abort.signal);
    abort.abort(new Error('gone'));
    await expect(asleep).rejects.toThrow('gone');
    expect(clock.sleepers).toBe(0);
    await clock.advance(100);
  });

  it('says when so many sleep that a test can move on', async () => {
    const clock = new ManualClock();
    const both = clock.sleeping(2);
    const naps = [clock.sleep(1), Promise.resolve().then(() => clock.sleep(2))];
    await both;
    await clock.advance(2);
    await Promise.all(naps);
    expect(clock.sleepers).toBe(0);
  });
});
