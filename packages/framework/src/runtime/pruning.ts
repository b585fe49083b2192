import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';

const EVERY_MS = 60_000;
const AT_ONCE = 1_000;

export interface PruningOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is removed, for the log: `old inbox marks`. */
  readonly what: string;
  /** Removes at most so many that are too old; tells how many. */
  readonly prune: (limit: number) => Promise<number>;
  /** Whether it may begin; asked again each minute until it may. Default: at once. */
  readonly mayBegin?: () => Promise<boolean>;
}

/** Removes what is too old to be of use: at the start and every minute. */
export class Pruning {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly options: PruningOptions) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, logger, what, mayBegin } = this.options;
    const { signal } = this.#stopping;
    let isAllowed = mayBegin === undefined;
    while (!signal.aborted) {
      try {
        isAllowed ||= await mayBegin!();
        if (isAllowed) await this.#pruneAll();
        await clock.sleep(EVERY_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ err: error }, `${what} could not be removed, trying again later`);
        await clock.sleep(EVERY_MS, signal).catch(() => {});
      }
    }
  }

  async #pruneAll(): Promise<void> {
    const { clock, prune } = this.options;
    const { signal } = this.#stopping;
    // small pieces, so that nobody waits behind a long delete
    while (!signal.aborted && (await prune(AT_ONCE)) === AT_ONCE) await clock.sleep(10, signal);
  }
}
