import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';
import type { ViewGeneration } from '../../store/view-generations.js';
import type { GenerationSource } from '../consumer/handler.js';
import { unlessAborted } from '../../kernel/unless-aborted.js';
import { dropDeadRecords } from './drop-dead-records.js';
import { RebuildLease } from './rebuild-lease.js';

export interface LiveGenerationOptions {
  /** The name of the view. */
  readonly name: string;
  readonly table: TableDefinition;
  /** The ids of its handlers, without a generation. */
  readonly handlers: readonly string[];
  readonly store: Pick<Store, 'views' | 'leases' | 'parking'>;
  /** Names this process among those that share the database. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when another generation has become the live one. */
  readonly moved: () => Promise<void>;
}

/** How long a handler waits before it looks again whether a swap is over. */
const LOOK_AGAIN_MS = 25;

/** The generation that the live handlers of a view write to: looked up at the start, and again when the store refuses it. */
export class LiveGeneration implements GenerationSource {
  #generation = 1;
  #freeing: Promise<void> | undefined;
  #waiting = 0;

  constructor(private readonly options: LiveGenerationOptions) {}

  get name(): string {
    return this.options.name;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Looks it up, before any handler runs; ends a rebuild that has died. */
  async load(): Promise<void> {
    const { next } = await this.#look();
    if (next !== undefined) await this.#endDeadRebuild();
  }

  async moved(signal: AbortSignal): Promise<void> {
    const before = this.#generation;
    await this.#free(signal);
    if (this.#generation === before) await this.#pause(signal);
  }

  async confirm(generation: number, signal: AbortSignal): Promise<boolean | undefined> {
    while (!signal.aborted) {
      // a look of its own: one that began before the record was parked says nothing about it
      const { held } = await this.#look();
      if (this.#generation !== generation) {
        // what was parked there after the swap has come too late to be dropped with it
        const { store, handlers } = this.options;
        await dropDeadRecords(store.parking, handlers, (one) => one < this.#generation);
        return false;
      }
      if (!held) return true;
      await this.#free(signal);
    }
    return undefined;
  }

  /** Resolves when the view is not held. All its handlers meet the hold, and one look after the other serves them all. */
  async #free(signal: AbortSignal): Promise<void> {
    this.#waiting++;
    try {
      this.#freeing ??= this.#lookUntilFree().finally(() => (this.#freeing = undefined));
      await unlessAborted(this.#freeing, signal);
    } finally {
      this.#waiting--;
    }
  }

  async #lookUntilFree(): Promise<void> {
    while ((await this.#look()).held && this.#waiting > 0) await this.options.clock.sleep(LOOK_AGAIN_MS);
  }

  async #look(): Promise<ViewGeneration> {
    const { store, name, moved, logger } = this.options;
    const current = await store.views.current(name);
    if (current.live !== this.#generation) {
      this.#generation = current.live;
      logger.info({ view: name, generation: current.live }, 'the view goes on with another generation');
      await moved();
    } else if (current.held) await this.#endDeadRebuild();
    return current;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await this.options.clock.sleep(LOOK_AGAIN_MS, signal).catch(() => {});
  }

  /** A rebuild that holds the view must be alive, or its hold would be for ever. */
  async #endDeadRebuild(): Promise<void> {
    const { store, name, table, handlers, owner, clock, logger } = this.options;
    const lease = await RebuildLease.take(name, `${owner}/live`, store.leases, clock);
    if (!lease) return;
    try {
      const { live, next } = await store.views.current(name);
      if (next !== undefined) {
        await store.views.abandon(name, next, table);
        await dropDeadRecords(store.parking, handlers, (generation) => generation > live);
        logger.warn({ view: name, generation: next }, 'a rebuild has died, what it had begun is abandoned');
      }
    } finally {
      await lease.release();
    }
  }
}
