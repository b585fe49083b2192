import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import type { Store } from '../store/store.js';

const EVERY_MS = 60_000;
const AT_ONCE = 1_000;

/** Forgets inbox marks that are older than any record that may still come again. */
export class InboxPruning {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly ageMs: number,
    private readonly logger: Logger,
    /** Whether no record older than that time can come any more. */
    private readonly hasReadUpTo: (time: number) => Promise<boolean>,
  ) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const begin = this.clock.now();
    let mayPrune = false;
    while (!signal.aborted) {
      try {
        // after a long pause the log may still hold records that are older than their marks may become
        mayPrune ||= await this.hasReadUpTo(begin);
        if (!mayPrune) {
          await this.clock.sleep(EVERY_MS, signal);
          continue;
        }
        // small pieces, so that no handler waits behind a long delete
        while (!signal.aborted && (await this.store.pruneInbox(this.ageMs, AT_ONCE)) === AT_ONCE)
          await this.clock.sleep(10, signal);
        await this.clock.sleep(EVERY_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn({ err: error }, 'old inbox marks could not be removed, trying again later');
        await this.clock.sleep(EVERY_MS, signal).catch(() => {});
      }
    }
  }
}
