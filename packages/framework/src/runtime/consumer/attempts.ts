import { type BackoffPolicy, backoffMs } from '../../kernel/backoff.js';
import {
  DeadlockError,
  SerializationFailureError,
  VersionConflictError,
} from '../../kernel/errors/store-errors.js';
import { SkanuError } from '../../kernel/errors/skanu-error.js';
import { isOutage } from '../outage.js';

/** What an attempt that threw has met: the handler's own failure, another that changed the same rows, or the store being away. */
export type Setback = 'failure' | 'conflict' | 'outage';

const RETRY: Readonly<Record<Setback, BackoffPolicy>> = {
  failure: { baseMs: 100, capMs: 5_000 },
  conflict: { baseMs: 10, capMs: 1_000 },
  outage: { baseMs: 200, capMs: 5_000 },
};
/**
 * How often a record may meet another that changed the same row before that counts as a failure. Each time somebody else got on, so it
 * says nothing about the record; but a handler that changes its own row behind its own back would never end.
 */
const MAX_CONFLICTS = 100;
const CONFLICTS = [VersionConflictError, DeadlockError, SerializationFailureError];

export function setbackOf(error: unknown): Setback {
  if (isOutage(error)) return 'outage';
  return CONFLICTS.some((conflict) => error instanceof conflict) ? 'conflict' : 'failure';
}

/** How long a record waits between its attempts when each of them fails, in milliseconds: the longest that chance can make it. */
export function longestWaitsMs(attempts: number): number {
  const waits = Array.from({ length: attempts - 1 }, (_, at) => backoffMs(RETRY.failure, at + 1, () => 1));
  return waits.reduce((sum, ms) => sum + ms, 0);
}

/** Counts the attempts at one record, and says after each whether there is to be another. */
export class Attempts {
  readonly #met: Record<Setback, number> = { failure: 0, conflict: 0, outage: 0 };

  /**
   * @param most how many failures there may be; conflicts and outages have bounds of their own
   * @param random uniform in [0, 1)
   */
  constructor(
    private readonly most: number,
    private readonly random: () => number,
  ) {}

  /** How many have failed by the handler's own doing. */
  get failures(): number {
    return this.#met.failure;
  }

  /** How long to wait before the next attempt, in milliseconds; undefined: there is to be none. */
  waitMsAfter(error: unknown): number | undefined {
    let setback = setbackOf(error);
    if (setback === 'conflict' && this.#met.conflict >= MAX_CONFLICTS) setback = 'failure';
    const times = ++this.#met[setback];
    if (setback === 'failure' && (times >= this.most || !isRetriable(error))) return undefined;
    return backoffMs(RETRY[setback], times, this.random);
  }
}

/** An error that does not say so may have been a passing one. */
function isRetriable(error: unknown): boolean {
  return !(error instanceof SkanuError) || error.retriable;
}
