import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import {
  DeadlockError,
  StoreUnavailableError,
  VersionConflictError,
} from '../../src/kernel/errors/store-errors.js';
import { Attempts } from '../../src/runtime/consumer/attempts.js';

const most = (random: number) => new Attempts(3, () => random);
const failure = new Error('no');
const conflict = new VersionConflictError('cups', 1, 1);

describe('attempts', () => {
  it('end after as many failures as there may be, with growing pauses before', () => {
    const attempts = most(1);
    expect([1, 2, 3].map(() => attempts.waitMsAfter(failure))).toEqual([100, 200, undefined]);
    expect(attempts.failures).toBe(3);
  });

  it('end at once when another makes no sense', () => {
    expect(most(1).waitMsAfter(new DomainError('closed'))).toBeUndefined();
  });

  it('never end for an outage, which is no failure', () => {
    const attempts = most(1);
    const waits = Array.from({ length: 500 }, () => attempts.waitMsAfter(new StoreUnavailableError('test')));
    expect(waits.every((ms) => ms !== undefined && ms <= 5_000)).toBe(true);
    expect(attempts.failures).toBe(0);
  });

  it('do not count that others got on first, up to a hundred times', () => {
    const attempts = most(0);
    for (let times = 0; times < 99; times++) expect(attempts.waitMsAfter(conflict)).toBe(0);
    expect(attempts.waitMsAfter(new DeadlockError('test', 'committing'))).toBe(0);
    expect(attempts.failures).toBe(0);
    expect([1, 2, 3].map(() => attempts.waitMsAfter(conflict))).toEqual([0, 0, undefined]);
  });
});
