import { NotReadyError } from '../../kernel/errors/request-errors.js';
import { RebuildHoldError, RebuildSupersededError } from '../../kernel/errors/rebuild-errors.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { unlessAborted } from '../../kernel/unless-aborted.js';
import type { Broker } from '../../broker/broker.js';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';
import { handlerOf } from '../../store/view-generations.js';
import type { EventConsumer } from '../consumer/event-consumer.js';
import { insist } from '../consumer/insist.js';
import { CatchUp } from './catch-up.js';
import { dropDeadRecords } from './drop-dead-records.js';
import type { RebuildLease } from './rebuild-lease.js';

/** Of how many earlier rebuilds that came to nothing the groups are forgotten at the most. */
const MAX_DEAD = 20;

/** How long the live view is held at the most, in milliseconds. Its events wait for that long. */
const HOLD_LIMIT_MS = 30_000;

/** A generation that is to be filled. */
export interface NextGeneration {
  readonly number: number;
  readonly table: TableDefinition;
  /** The consumer group that reads the log for it. */
  readonly group: string;
}

export interface ViewRebuildOptions {
  /** The name of the service. */
  readonly service: string;
  /** The name of the view. */
  readonly name: string;
  /** The live table. */
  readonly table: TableDefinition;
  /** The ids of its handlers, without a generation. */
  readonly handlers: readonly string[];
  readonly store: Store;
  readonly broker: Broker;
  readonly lease: RebuildLease;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Makes the consumer that fills a generation; it calls `fail` when the rebuild has no sense any more. */
  readonly consumerOf: (next: NextGeneration, fail: (error: unknown) => void) => EventConsumer;
  /** Called after the swap. */
  readonly swapped: () => Promise<void>;
}

/** `reading` the log; `swapping`: all but done, the live handlers wait for a moment; `done`; `failed`: the live view is as it was. */
export type RebuildState = 'reading' | 'swapping' | 'done' | 'failed';

/** How far a rebuild is, in records of the log. */
export interface RebuildProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Fills the next generation of a view from the start of the log while the live one goes on, then makes it the live one.
 *
 * The order at the end is what makes it exact: writes to the live generation are held; then the log's end is read, so that whatever the live handlers
 * have written is before it; the rebuild goes on past that end and stops; then the tables are swapped. What comes later is handled
 * by the live handlers in the new generation, where what the rebuild has done is known by its marks.
 */
export class ViewRebuild {
  readonly #ended = new AbortController();
  #state: RebuildState = 'reading';
  #failure: unknown;
  #progress: RebuildProgress = { done: 0, total: 0 };
  #consumer: EventConsumer | undefined;
  #running: Promise<void> | undefined;

  constructor(private readonly options: ViewRebuildOptions) {}

  get state(): RebuildState {
    return this.#state;
  }

  /** Why, when it has failed. */
  get failure(): unknown {
    return this.#state === 'failed' ? this.#failure : undefined;
  }

  /** Makes the table of the next generation; the rest goes on by itself. */
  async begin(): Promise<void> {
    const { name, table, handlers, store, lease } = this.options;
    try {
      const { live } = await store.views.current(name);
      // while nobody else can rebuild it, all others are dead
      await dropDeadRecords(store.parking, handlers, (generation) => generation !== live);
      const next = await store.views.beginRebuild(name, table);
      lease.keep((error) => this.#fail(error));
      const { generation: number } = next;
      this.#running = this.#run({ number, table: next.table, group: this.#group(number) }, live);
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /** Ends it, if it is not done; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#fail(new NotReadyError(this.options.service, 'stopping'));
    await this.#running;
  }

  async progress(): Promise<RebuildProgress> {
    if (this.#state === 'done' || this.#state === 'failed' || !this.#consumer) return this.#progress;
    const { done } = this.#consumer;
    // while the broker is away nobody knows more than before
    const lags = await this.#consumer.lag().catch(() => []);
    // a little too much: what is done stays in the lag until its offset is committed
    const total = done + lags.reduce((sum, { lag }) => sum + lag, 0);
    this.#progress = { done, total: Math.max(this.#progress.total, total) };
    return this.#progress;
  }

  #group(generation: number): string {
    const { service, name } = this.options;
    return `${service}.rebuild.${name}.${generation}`;
  }

  async #run(next: NextGeneration, live: number): Promise<void> {
    const { name, handlers, lease, logger, store, table, broker } = this.options;
    const fields = { view: name, generation: next.number };
    logger.info(fields, 'a view is rebuilt');
    // what those have left behind that died
    for (let dead = Math.max(live + 1, next.number - MAX_DEAD); dead < next.number; dead++)
      await broker.forgetGroup(this.#group(dead)).catch(() => {});
    let end: RebuildState = 'failed';
    try {
      await this.#fill(next);
      end = 'done';
      this.#progress = { done: this.#consumer!.done, total: this.#consumer!.done };
      logger.info({ ...fields, ...this.#progress }, 'a view was rebuilt');
      await this.#clearUp('telling the live handlers', this.options.swapped);
    } catch (error) {
      this.#failure = this.#ended.signal.aborted ? this.#ended.signal.reason : error;
      const told = { ...fields, err: this.#failure };
      logger.error(told, 'a view could not be rebuilt; the live one is as it was');
      // first of all the live handlers go on
      await this.#clearUp('abandoning a rebuild', () => store.views.abandon(name, next.number, table));
    }
    await this.#clearUp('stopping the consumer', async () => this.#consumer?.stop());
    if (end === 'failed') {
      await this.#clearUp('dropping what it has parked', async () => {
        // where the answer to the swap was lost, it may be the live one
        const current = await store.views.current(name);
        const isDead = (generation: number) => generation === next.number && generation !== current.live;
        await dropDeadRecords(store.parking, handlers, isDead);
      });
    }
    await this.#clearUp('forgetting the group', () => broker.forgetGroup(next.group));
    await lease.release();
    // only now another one may begin
    this.#state = end;
    this.#consumer = undefined;
  }

  async #fill(next: NextGeneration): Promise<void> {
    const { name, table, handlers, store, clock, consumerOf } = this.options;
    const { signal } = this.#ended;
    const consumer = consumerOf(next, (error) => this.#fail(error));
    this.#consumer = consumer;
    await consumer.start();
    const catchUp = new CatchUp(name, consumer, clock, signal);
    await catchUp.near();
    this.#state = 'swapping';
    const insisting = <T extends object | boolean | string>(what: string, action: () => Promise<T>) =>
      insist(what, signal, this.options, action);
    const before = await insisting('reading a view', () => store.views.current(name));
    using _ = this.#boundHold();
    const isHeld = await insisting('holding a view', () => store.views.hold(name, next.number));
    signal.throwIfAborted();
    if (!isHeld) throw new RebuildSupersededError(name, next.number);
    await catchUp.passed();
    // nothing of it may write any more when its table gets another name
    await unlessAborted(consumer.stop(), signal);
    signal.throwIfAborted();
    const old = handlers.map((handler) => handlerOf(handler, before!.live));
    const isSwapped = await insisting('swapping a view', async () => {
      if (await store.views.swap(name, next.number, table, old)) return true;
      // the answer to an earlier attempt may have been lost
      return (await store.views.current(name)).live === next.number;
    });
    if (!isSwapped) throw new RebuildSupersededError(name, next.number);
  }

  #boundHold(): Disposable {
    const { name, clock } = this.options;
    const over = new AbortController();
    clock.sleep(HOLD_LIMIT_MS, over.signal).then(
      () => this.#fail(new RebuildHoldError(name, HOLD_LIMIT_MS)),
      () => {},
    );
    return { [Symbol.dispose]: () => over.abort('the hold is over') };
  }

  #fail(error: unknown): void {
    this.#ended.abort(error);
  }

  async #clearUp(what: string, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.options.logger.warn(
        { view: this.options.name, err: error },
        `${what} failed; the next rebuild does it`,
      );
    }
  }
}
