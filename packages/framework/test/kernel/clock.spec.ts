import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';

describe('the clock of the machine', () => {
  it('sleeps at least as long as it is told', async () => {
    const begin = performance.now();
    await systemClock.sleep(20);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(19);
  });

  it('is woken by a signal, with its reason, also by one that was given before', async () => {
    const reason = new Error('enough');
    const given = new AbortController();
    const sleeping = systemClock.sleep(60_000, given.signal);
    given.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
