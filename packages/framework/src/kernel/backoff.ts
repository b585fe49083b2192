/** How long to wait between attempts. */
export interface BackoffPolicy {
  /** Upper bound of the first wait, in milliseconds. */
  readonly baseMs: number;
  /** Upper bound of every wait, in milliseconds. */
  readonly capMs: number;
}

/**
 * The wait before attempt `attempt + 1`: exponential with full jitter, that is, uniformly between 0 and
 * `min(capMs, baseMs · 2^(attempt − 1))`. Spreads those who failed together.
 * @param attempt how many attempts have failed, from 1
 * @param random uniform in [0, 1)
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: () => number): number {
  return Math.round(random() * Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30)));
}
