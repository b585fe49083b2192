import { expect, it } from 'vitest';
import { RunningKeys } from '../../src/http/idempotency/running-keys.js';
import { RequestRunningError } from '../../src/kernel/errors/request-errors.js';
import { Latch } from '../../src/kernel/latch.js';

it('a key is free when its work is given up, and the late end of that does not free the key of the next', async () => {
  const keys = new RunningKeys();
  const [end, endNext, givingUp] = [new Latch(), new Latch(), new AbortController()];
  const first = keys.alone('a', givingUp.signal, () => end.opened);
  await expect(keys.alone('a', undefined, async () => {})).rejects.toThrow(RequestRunningError);
  givingUp.abort();
  const next = keys.alone('a', undefined, () => endNext.opened);
  end.open();
  await first;
  await expect(keys.alone('a', undefined, async () => {})).rejects.toThrow(RequestRunningError);
  endNext.open();
  await next;
  expect(await keys.alone('a', undefined, async () => 'free')).toBe('free');
});
