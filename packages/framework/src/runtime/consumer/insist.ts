import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { Attempts } from './attempts.js';

/** How often something that must succeed may fail for another reason than the store being away. */
const MOST = 5;

export interface InsistOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * Does something that must succeed, however long the store is away. Undefined when the signal ended it before that.
 * @throws what the action throws, when it is no outage and more attempts do not help
 */
export async function insist<T extends object | boolean | string>(
  what: string,
  signal: AbortSignal,
  { clock, random, logger }: InsistOptions,
  action: () => Promise<T>,
): Promise<T | undefined> {
  const attempts = new Attempts(MOST, random);
  for (let failed = false; !signal.aborted; failed = true) {
    try {
      return await action();
    } catch (error) {
      const waitMs = attempts.waitMsAfter(error);
      if (waitMs === undefined) throw error;
      if (!failed) logger.error({ err: error }, `${what} failed, trying again`);
      await clock.sleep(waitMs, signal).catch(() => {});
    }
  }
  return undefined;
}
