import { describe, expect, it } from 'vitest';
import {
  DeadlockError,
  PoolExhaustedError,
  StatementTimeoutError,
  StoreBusyError,
  StoreFailedError,
} from '../../src/kernel/errors/store-errors.js';
import { silentLogger } from '../../src/kernel/logger.js';
import { insist } from '../../src/runtime/consumer/insist.js';

/** Insists on something that fails so often; how many attempts that took, the longest pause, and how often it was told. */
async function insisted(error: unknown, failures: number) {
  let attempts = 0;
  let told = 0;
  const waits: number[] = [];
  const clock = {
    now: () => 0,
    sleep: async (ms: number) => void waits.push(ms),
  };
  const logger = { ...silentLogger, error: () => void told++ };
  const over = new AbortController();
  let done: unknown;
  try {
    done = await insist('testing', over.signal, { clock, random: () => 1, logger }, async () => {
      if (++attempts <= failures) throw error;
      return 'done';
    });
  } catch (thrown) {
    done = thrown;
  }
  return { done, attempts, longest: Math.max(0, ...waits), told };
}

describe('what must succeed', () => {
  it.each([
    ['takes too long', new StatementTimeoutError('test', 'parking')],
    ['is busy', new StoreBusyError('test', 4_000)],
    ['has no connection left', new PoolExhaustedError('test', 10, 5_000)],
    ['meets a deadlock', new DeadlockError('test', 'parking')],
  ])('is tried again without end while the store %s, ever more slowly, and told once', async (_, error) => {
    expect(await insisted(error, 300)).toEqual({ done: 'done', attempts: 301, longest: 5_000, told: 1 });
  });

  it('is given up at once when the error says that another attempt makes no sense', async () => {
    const error = new StoreFailedError('test', 'parking');
    expect(await insisted(error, 300)).toMatchObject({ done: error, attempts: 1 });
  });

  it('is given up after five attempts when the error says nothing of itself', async () => {
    const error = new TypeError('a bug');
    expect(await insisted(error, 300)).toMatchObject({ done: error, attempts: 5 });
    expect(await insisted(error, 4)).toMatchObject({ done: 'done', attempts: 5 });
  });
});
