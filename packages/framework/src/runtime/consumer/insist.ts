import { type BackoffPolicy, backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import { SkanuError } from '../../kernel/errors/skanu-error.js';
import type { Logger } from '../../kernel/logger.js';

const RETRY: BackoffPolicy = { baseMs: 100, capMs: 5_000 };
/** How often something that must succeed may throw what does not say whether another attempt helps. */
const MOST = 5;

export interface InsistOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * Does something that must succeed, however long the store is away, or too slow. Undefined when the signal ended it before that.
 * @throws what the action throws, when it says that more attempts do not help
 */
export async function insist<T extends object | boolean | string>(
  what: string,
  signal: AbortSignal,
  { clock, random, logger }: InsistOptions,
  action: () => Promise<T>,
): Promise<T | undefined> {
  let unclear = 0;
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await action();
    } catch (error) {
      // what is only slow or busy must cost nothing but time
      const isFinal = error instanceof SkanuError ? !error.retriable : ++unclear >= MOST;
      if (isFinal) throw error;
      if (failures === 1) logger.error({ err: error }, `${what} failed, trying again`);
      await clock.sleep(backoffMs(RETRY, failures, random), signal).catch(() => {});
    }
  }
  return undefined;
}
