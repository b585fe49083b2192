import { BrokerUnavailableError } from '../kernel/errors/broker-errors.js';
import { StoreBusyError, StoreUnavailableError } from '../kernel/errors/store-errors.js';
import { backoffMs } from '../kernel/backoff.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';

/** What a server that is starting, or busy with another replica that is starting, says. */
const PASSING = [StoreUnavailableError, StoreBusyError, BrokerUnavailableError];
const RETRY = { baseMs: 250, capMs: 5_000 };

export interface PatienceOptions {
  /** How long to wait in all, in milliseconds. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Waits at the start for servers that are not up yet: all together for a limited time, saying so in the log. */
export class Patience {
  readonly #until: number;

  constructor(private readonly options: PatienceOptions) {
    this.#until = options.clock.now() + options.limitMs;
  }

  /** Does something that needs an engine, again and again while that is a server and away. @throws what it threw last */
  async with<T>(
    engine: { readonly sharedByHosts: boolean },
    what: string,
    action: () => Promise<T>,
  ): Promise<T> {
    const { clock, random, logger } = this.options;
    for (let failures = 1; ; failures++) {
      try {
        return await action();
      } catch (error) {
        const mayPass = PASSING.some((type) => error instanceof type);
        const waitMs = backoffMs(RETRY, failures, random);
        if (!engine.sharedByHosts || !mayPass || clock.now() + waitMs > this.#until) throw error;
        const secondsLeft = Math.round((this.#until - clock.now()) / 1_000);
        logger.warn({ err: error, secondsLeft }, `${what} is not available yet, waiting for it`);
        await clock.sleep(waitMs);
      }
    }
  }
}
