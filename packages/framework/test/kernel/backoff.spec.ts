import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/kernel/backoff.js';

const POLICY = { baseMs: 100, capMs: 5_000 };

describe('a backoff', () => {
  it('doubles its bound with each attempt, up to its cap, and never overflows', () => {
    const bounds = [1, 2, 3, 6, 7, 40, 5_000].map((attempt) => backoffMs(POLICY, attempt, () => 1));
    expect(bounds).toEqual([100, 200, 400, 3_200, 5_000, 5_000, 5_000]);
  });

  it('spreads the waits between nothing and the bound', () => {
    expect([0, 0.25, 0.5].map((random) => backoffMs(POLICY, 3, () => random))).toEqual([0, 100, 200]);
  });
});
