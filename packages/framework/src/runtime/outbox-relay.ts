import type { Broker } from '../broker/broker.js';
import { backoffMs } from '../kernel/backoff.js';
import type { Clock } from '../kernel/clock.js';
import { LeaseLostError } from '../kernel/errors/store-errors.js';
import type { Logger } from '../kernel/logger.js';
import { WakeSignal } from '../kernel/wake-signal.js';
import type { OutboxEntry } from '../store/outbox.js';
import type { Store } from '../store/store.js';
import type { Instruments } from './instruments.js';
import { KeptLease } from './kept-lease.js';

export interface OutboxRelayOptions {
  readonly store: Store;
  readonly broker: Broker;
  /** Names this process among those that share the database. */
  readonly owner: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

const LEASE = 'outbox-relay';
const LEASE_MS = 3_000;
/** How often a follower asks for the lease. */
const FOLLOW_MS = LEASE_MS / 3;
/** The net under the wake-ups: how long a commit of another process may wait at the most. */
const POLL_MS = 250;
/** One batch, which is one call of the broker. */
const BATCH = { entries: 500, bytes: 1024 * 1024 };
const RETRY = { baseMs: 50, capMs: 2_000 };

/**
 * Publishes what is committed. Of all processes that share a database one is the leader, by a lease with a fencing
 * token. It reads in order, publishes, waits for the broker's acknowledgement, and only then deletes. A crash in
 * between publishes again: receivers know an event by its id.
 */
export class OutboxRelay {
  readonly #work = new WakeSignal();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #unsubscribe: (() => void) | undefined;
  #failure: unknown;
  #failures = 0;
  #leading = false;

  constructor(private readonly options: OutboxRelayOptions) {}

  /** What keeps it from publishing; undefined while all is well. */
  get failure(): unknown {
    return this.#failure;
  }

  get isLeader(): boolean {
    return this.#leading;
  }

  start(): void {
    this.#unsubscribe = this.options.store.outbox.onAppended(() => this.#work.wake());
    this.#running = this.#run();
  }

  /** Publishes what is left, if this is the leader and the broker takes it, for at most `limitMs`; then stops. */
  async stop(limitMs: number): Promise<void> {
    const { clock, store } = this.options;
    const deadline = clock.now() + limitMs;
    while (this.#leading && this.#failure === undefined && clock.now() < deadline) {
      // a store that does not answer must not keep it from stopping
      const { pending } = await store.outbox.status().catch(() => ({ pending: 0 }));
      if (pending === 0) break;
      this.#work.wake();
      await clock.sleep(5);
    }
    this.#stopping.abort();
    this.#unsubscribe?.();
    this.#work.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const {
      store: { leases },
      owner,
      clock,
      logger,
    } = this.options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let lease: KeptLease | undefined;
      try {
        lease = await KeptLease.take({ name: LEASE, owner, ttlMs: LEASE_MS, leases, clock });
        if (lease) await this.#lead(lease);
        // not woken by commits: asking for the lease is a write itself, two followers would wake each other for ever
        else await this.#sleep(FOLLOW_MS);
        this.#recovered();
      } catch (error) {
        if (error instanceof LeaseLostError)
          logger.warn({ lease: LEASE }, 'another process relays the outbox now');
        else await this.#failed(error);
      } finally {
        this.#leading = false;
        // so that another process takes over at once; one that cannot be given back expires
        await lease?.release();
      }
    }
  }

  async #lead(lease: KeptLease): Promise<void> {
    const { store, clock } = this.options;
    this.#leading = true;
    while (!this.#stopping.signal.aborted) {
      const entries = await store.outbox.read(BATCH);
      // a process that was paused meanwhile must not publish what another has published since
      await lease.confirm();
      if (entries.length > 0) await this.#relay(entries, lease);
      this.#recovered();
      if (entries.length === 0) await this.#work.wait(clock, POLL_MS);
    }
  }

  async #relay(entries: readonly OutboxEntry[], { lease }: KeptLease): Promise<void> {
    const { store, broker, instruments, logger } = this.options;
    await broker.publish(
      entries.map(({ topic, key, headers, value }) => ({ topic, key, headers, value: Buffer.from(value) })),
    );
    instruments.published(entries.length);
    // deleted only after the acknowledgement: the other order could lose events, this one can at worst repeat them
    try {
      await store.outbox.remove(
        entries.map(({ position }) => position),
        lease,
      );
    } catch (error) {
      instruments.publishedAgain(entries.length);
      logger.warn(
        { err: error, records: entries.length },
        'records were published and could not be removed from the outbox; they will be published again',
      );
      throw error;
    }
  }

  #recovered(): void {
    if (this.#failure !== undefined) this.options.logger.info({}, 'the outbox is relayed again');
    this.#failure = undefined;
    this.#failures = 0;
  }

  async #failed(error: unknown): Promise<void> {
    const { logger, instruments, random } = this.options;
    if (this.#failure === undefined)
      logger.error({ err: error }, 'the outbox cannot be relayed; its events wait, trying again');
    this.#failure = error;
    this.#failures++;
    instruments.publishFailed();
    await this.#sleep(backoffMs(RETRY, this.#failures, random));
  }

  /** Until the time is over or it is to stop, whatever is committed meanwhile. */
  async #sleep(ms: number): Promise<void> {
    await this.options.clock.sleep(ms, this.#stopping.signal).catch(() => {});
  }
}
