import { describe, expect, it } from 'vitest';
import { BulkheadFullError } from '../../src/kernel/errors/remote-errors.js';
import { Bulkhead } from '../../src/runtime/remote/bulkhead.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const never = new AbortController().signal;

function bulkheadOf(options: { maxConcurrent?: number; maxWaiting?: number; maxWaitMs?: number } = {}) {
  const clock = new ManualClock();
  const all = { maxConcurrent: 1, maxWaiting: 2, maxWaitMs: 100, ...options };
  return { clock, bulkhead: new Bulkhead('payment.approve', all, clock) };
}

describe('a bulkhead', () => {
  it('refuses at once where as many run and wait as may', async () => {
    const { bulkhead, clock } = bulkheadOf({ maxConcurrent: 2, maxWaiting: 0 });
    await bulkhead.enter(never);
    const leave = await bulkhead.enter(never);
    await expect(bulkhead.enter(never)).rejects.toThrow(BulkheadFullError);
    await expect(bulkhead.enter(never)).rejects.toThrow('2 calls are under way and 0 wait');
    expect(clock.sleepers).toBe(0);
    leave();
    await bulkhead.enter(never);
    expect(bulkhead.running).toBe(2);
  });

  it('lets those who wait in as they came', async () => {
    const { bulkhead } = bulkheadOf();
    const order: string[] = [];
    const leave = await bulkhead.enter(never);
    const waiting = ['first', 'second'].map(async (name) => {
      const done = await bulkhead.enter(never);
      order.push(name);
      done();
    });
    expect(bulkhead).toMatchObject({ running: 1, waiting: 2 });
    leave();
    await Promise.all(waiting);
    expect(order).toEqual(['first', 'second']);
    expect(bulkhead).toMatchObject({ running: 0, waiting: 0 });
  });

  it('gives a place back once, however often it is left', async () => {
    const { bulkhead } = bulkheadOf({ maxConcurrent: 2 });
    const leave = await bulkhead.enter(never);
    await bulkhead.enter(never);
    leave();
    leave();
    expect(bulkhead.running).toBe(1);
  });

  it('hands a place over without anybody getting in between', async () => {
    const { bulkhead } = bulkheadOf({ maxWaiting: 1 });
    const leave = await bulkhead.enter(never);
    const waiting = bulkhead.enter(never);
    leave();
    // the one that waits has not run yet, and has the place all the same
    expect(bulkhead).toMatchObject({ running: 1, waiting: 0 });
    (await waiting)();
    expect(bulkhead.running).toBe(0);
  });

  it('sends away who has waited for too long, and lets the next one move up', async () => {
    const { bulkhead, clock } = bulkheadOf();
    const leave = await bulkhead.enter(never);
    const late = bulkhead.enter(never).catch((error: unknown) => error);
    await clock.advance(60);
    const patient = bulkhead.enter(never);
    await clock.advance(40);
    expect(await late).toBeInstanceOf(BulkheadFullError);
    expect(bulkhead).toMatchObject({ running: 1, waiting: 1 });
    leave();
    (await patient)();
    expect(bulkhead.running).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'loses no place that is given while the wait ends, %i turns after the clock',
    async (turns) => {
      const { bulkhead, clock } = bulkheadOf();
      const leave = await bulkhead.enter(never);
      const waiting = bulkhead.enter(never).catch(() => undefined);
      const advancing = clock.advance(100);
      for (let i = 0; i < turns; i++) await Promise.resolve();
      leave();
      const [placed] = await Promise.all([waiting, advancing]);
      placed?.();
      expect(bulkhead).toMatchObject({ running: 0, waiting: 0 });
    },
  );

  it('lets go of who gives up, with the reason', async () => {
    const { bulkhead, clock } = bulkheadOf();
    const leave = await bulkhead.enter(never);
    const caller = new AbortController();
    const waiting = bulkhead.enter(caller.signal);
    caller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(bulkhead.waiting).toBe(0);
    expect(clock.sleepers).toBe(0);
    await expect(bulkhead.enter(caller.signal)).rejects.toThrow('gone');
    leave();
    expect(bulkhead.running).toBe(0);
  });
});
