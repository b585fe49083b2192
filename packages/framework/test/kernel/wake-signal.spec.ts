import { describe, expect, it } from 'vitest';
import { WakeSignal } from '../../src/kernel/wake-signal.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

describe('a wake signal', () => {
  it('wakes all who sleep', async () => {
    const [signal, clock] = [new WakeSignal(), new ManualClock()];
    const sleepers = [1, 2, 3].map(() => signal.wait(clock, 1_000));
    await clock.sleeping(3);
    signal.wake();
    await Promise.all(sleepers);
    expect(clock.sleepers).toBe(0);
  });

  it('keeps one wake-up for who comes later, and no more than one', async () => {
    const [signal, clock] = [new WakeSignal(), new ManualClock()];
    signal.wake();
    signal.wake();
    await signal.wait(clock, 1_000);
    const second = signal.wait(clock, 1_000);
    await clock.sleeping(1);
    await clock.advance(1_000);
    await second;
  });

  it('keeps none that somebody was woken by', async () => {
    const [signal, clock] = [new WakeSignal(), new ManualClock()];
    const first = signal.wait(clock, 1_000);
    signal.wake();
    await first;
    const second = signal.wait(clock, 1_000);
    await clock.sleeping(1);
    await clock.advance(1_000);
    await second;
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 1_000);
  });
});
