import { randomUUID } from 'node:crypto';
import type { Broker } from '../../broker/broker.js';
import type { Clock } from '../../kernel/clock.js';
import { NotFoundError } from '../../kernel/errors/model-errors.js';
import { RebuildRunningError } from '../../kernel/errors/rebuild-errors.js';
import { StoreFailedError } from '../../kernel/errors/store-errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { Store } from '../../store/store.js';
import { oldTableName } from '../../store/view-generations.js';
import type { Collection } from '../collection.js';
import type { EventConsumer } from '../consumer/event-consumer.js';
import { RebuildLease } from './rebuild-lease.js';
import { type NextGeneration, type RebuildProgress, type RebuildState, ViewRebuild } from './view-rebuild.js';

/** A view that can be rebuilt. */
export interface RebuildableView {
  readonly collection: Collection;
  /** The ids of its handlers, without a generation. */
  readonly handlers: readonly string[];
  /** Makes the consumer that fills a generation; it calls `fail` when the rebuild has no sense any more. */
  readonly consumerOf: (next: NextGeneration, fail: (error: unknown) => void) => EventConsumer;
  /** Tells the live handlers of this process at once; others find out when they write next. */
  readonly swapped: () => Promise<void>;
}

export interface ViewRebuildsOptions {
  readonly service: string;
  readonly views: readonly RebuildableView[];
  readonly store: Store;
  readonly broker: Broker;
  /** Names this process among those that share the database. */
  readonly owner: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** A view as it is now. */
export interface ViewStatus {
  readonly name: string;
  /** The generation that is read. */
  readonly generation: number;
  /** `live`: nothing is going on. The others are of the rebuild that this process runs or has run; `elsewhere`: another process rebuilds it. */
  readonly state: 'live' | 'elsewhere' | RebuildState;
  /** Of the rebuild that this process runs or has run. */
  readonly progress: RebuildProgress | undefined;
  readonly failure: unknown;
  /** How many rows the table of the generation before has; undefined when there is none. */
  readonly oldRows: number | undefined;
}

/** The rebuilds of a service's views: at most one for each view at a time, whichever process runs it. */
export class ViewRebuilds {
  readonly #rebuilds = new Map<string, ViewRebuild>();

  constructor(private readonly options: ViewRebuildsOptions) {}

  async all(): Promise<ViewStatus[]> {
    return Promise.all(this.options.views.map((view) => this.#status(view)));
  }

  /** @throws NotFoundError */
  async one(name: string): Promise<ViewStatus> {
    return this.#status(this.#view(name));
  }

  /** Begins; resolves when that is sure, long before the end. @throws NotFoundError, RebuildRunningError */
  async begin(name: string): Promise<void> {
    const { collection, ...view } = this.#view(name);
    const { store, clock, owner } = this.options;
    const running = this.#rebuilds.get(name);
    if (running && isRunning(running)) throw new RebuildRunningError(name);
    // of one rebuild: the next of this process must not take it for its own
    const lease = await RebuildLease.take(name, `${owner}/${randomUUID()}`, store.leases, clock);
    if (!lease) throw new RebuildRunningError(name);
    const rebuild = new ViewRebuild({
      ...this.options,
      ...view,
      name,
      table: collection.table,
      lease,
    });
    this.#rebuilds.set(name, rebuild);
    await rebuild.begin();
  }

  /** Drops the table of the generation before. @throws NotFoundError */
  async dropOld(name: string): Promise<void> {
    await this.options.store.views.dropOld(this.#view(name).collection.table);
  }

  /** Ends what is going on; a live view stays as it is. */
  async stop(): Promise<void> {
    await Promise.all([...this.#rebuilds.values()].filter(isRunning).map((rebuild) => rebuild.stop()));
  }

  #view(name: string): RebuildableView {
    const view = this.options.views.find(({ collection }) => collection.name === name);
    if (!view) throw new NotFoundError('view', name);
    return view;
  }

  async #status({ collection: { name, table } }: RebuildableView): Promise<ViewStatus> {
    const { store } = this.options;
    const rebuild = this.#rebuilds.get(name);
    // before the store is asked: what it says then is not older than the state
    const own = rebuild?.state;
    const [{ live, next }, progress, oldRows] = await Promise.all([
      store.views.current(name),
      rebuild?.progress(),
      // there is no other question that all engines answer
      store.count({ ...table, name: oldTableName(table.name) }, []).catch(unlessMissing),
    ]);
    const isElsewhere = next !== undefined && !isUnderWay(own);
    const state = isElsewhere ? 'elsewhere' : (own ?? 'live');
    return { name, generation: live, state, progress, failure: rebuild?.failure, oldRows };
  }
}

function isRunning({ state }: ViewRebuild): boolean {
  return isUnderWay(state);
}

function isUnderWay(state: RebuildState | undefined): boolean {
  return state === 'reading' || state === 'swapping';
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof StoreFailedError)) throw error;
}
