import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';
import type { ViewGeneration } from '../../store/view-generations.js';
import type { GenerationSource } from '../consumer/handler.js';
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
  #looking: Promise<unknown> | undefined;

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
    await this.#lookTogether();
    if (this.#generation === before) await this.#pause(signal);
  }

  async confirm(generation: number, signal: AbortSignal): Promise<boolean | undefined> {
    while (!signal.aborted) {
      const { held } = await this.#look();
      if (this.#generation !== generation) {
        // what was parked there after the swap has come too late to be dropped with it
        const { store, handlers } = this.options;
        await dropDeadRecords(store.parking, handlers, (one) => one < this.#generation);
        return false;
      }
      if (!held) return true;
      await this.#pause(signal);
    }
    return undefined;
  }

  /** All handlers of the view meet the hold at the same moment: one look serves them all. */
  async #lookTogether(): Promise<void> {
    await (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)));
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
