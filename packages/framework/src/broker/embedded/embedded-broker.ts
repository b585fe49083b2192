import type { Clock } from '../../kernel/clock.js';
import { BrokerUnavailableError, GroupInUseError } from '../../kernel/errors/broker-errors.js';
import { type Logger, silentLogger } from '../../kernel/logger.js';
import { processIdentity } from '../../sqlite/process-identity.js';
import { SqliteFile } from '../../sqlite/sqlite-file.js';
import type {
  Broker,
  BrokerCapabilities,
  ProducerRecord,
  SubscribeOptions,
  Subscription,
  TopicDefinition,
} from '../broker.js';
import { withBrokerFailures } from './broker-failure.js';
import { EmbeddedLog } from './embedded-log.js';
import { EmbeddedSubscription } from './embedded-subscription.js';
import { GroupMembership } from './group-membership.js';
import { Housekeeper } from './housekeeper.js';
import { migrateLog } from './log-schema.js';
import { LogTail } from './log-tail.js';
import { TopicCatalog } from './topic-catalog.js';

export interface EmbeddedBrokerOptions {
  /** The file of the log; made with its folder if it is not there. All processes that name it share the log. */
  readonly path: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger?: Logger;
  /**
   * How long a member may be silent before others take its partitions, when its death cannot be seen; several times the
   * heartbeat. Default 3000.
   */
  readonly sessionTimeoutMs?: number;
  /** How often a member that is not alone says that it lives. Default 500. */
  readonly heartbeatMs?: number;
  /** How late a change is seen at the most where the file system does not tell. Default 100. */
  readonly pollMs?: number;
  /** Default 1 MiB. */
  readonly maxRecordBytes?: number;
  /** How long a receiver may take to let go of partitions. Default 10,000. */
  readonly rebalanceLimitMs?: number;
  /** How long a write waits for other processes to let go of the file. Default 10,000. */
  readonly busyLimitMs?: number;
  /** How often expired records and dead members are looked for, on average. Default 10,000. */
  readonly housekeepingMs?: number;
}

/** What there is while the broker is open. */
interface Parts {
  readonly file: SqliteFile;
  readonly topics: TopicCatalog;
  readonly log: EmbeddedLog;
  readonly tail: LogTail;
  readonly housekeeper: Housekeeper;
}

/**
 * The log of events in one SQLite file that the processes of one machine share: durable, partitioned, with consumer
 * groups, and no server to install.
 *
 * @example
 * const broker = new EmbeddedBroker({ path: 'data/log.db', clock: systemClock, random: Math.random });
 * await broker.open();
 */
export class EmbeddedBroker implements Broker {
  readonly capabilities: BrokerCapabilities;
  readonly #options: Required<EmbeddedBrokerOptions>;
  readonly #subscriptions = new Set<EmbeddedSubscription>();
  #parts: Parts | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = {
      logger: silentLogger,
      sessionTimeoutMs: 3_000,
      heartbeatMs: 500,
      pollMs: 100,
      maxRecordBytes: 1024 * 1024,
      rebalanceLimitMs: 10_000,
      busyLimitMs: 10_000,
      housekeepingMs: 10_000,
      ...options,
    };
    this.capabilities = {
      engine: 'embedded',
      sharedByHosts: false,
      noticesDeathAtOnce: true,
      maxRecordBytes: this.#options.maxRecordBytes,
    };
  }

  async open(): Promise<void> {
    let file: SqliteFile | undefined;
    try {
      file = new SqliteFile(this.#options);
      await migrateLog(file);
      if (this.#closing) throw new Error('closed while it was being opened');
      this.#parts = this.#assemble(file);
    } catch (error) {
      await file?.close();
      throw this.#unavailable(error);
    }
    this.#parts.housekeeper.start();
  }

  ensureTopic(topic: TopicDefinition): Promise<void> {
    return this.#use(({ topics }) => topics.ensure(topic));
  }

  publish(records: readonly ProducerRecord[]): Promise<void> {
    return this.#use(async ({ log, tail }) => {
      await log.append(records);
      tail.wake();
    });
  }

  subscribe(subscription: SubscribeOptions): Promise<Subscription> {
    return this.#use(async (parts) => {
      for (const topic of subscription.topics) parts.topics.partitionIds(topic);
      const identity = processIdentity();
      const joined = await EmbeddedSubscription.join({ ...this.#options, ...parts, identity }, subscription);
      if (this.#closing) {
        await joined.close();
        throw this.#unavailable(undefined);
      }
      for (const known of this.#subscriptions)
        if (known.state === 'closed') this.#subscriptions.delete(known);
      this.#subscriptions.add(joined);
      return joined;
    });
  }

  forgetGroup(group: string): Promise<void> {
    return this.#use(async ({ file }) => {
      if (!(await new GroupMembership(file, group).forget())) throw new GroupInUseError(group);
    });
  }

  ping(): Promise<void> {
    return this.#use(({ file }) => {
      file.read((sql) => sql.get('SELECT count(*) FROM topics'));
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shutDown());
  }

  async #shutDown(): Promise<void> {
    const parts = this.#parts;
    if (!parts) return;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    parts.tail.stop();
    await parts.housekeeper.stop();
    await parts.file.close();
  }

  #assemble(file: SqliteFile): Parts {
    const topics = new TopicCatalog(file);
    return {
      file,
      topics,
      log: new EmbeddedLog({ ...this.#options, file, topics }),
      tail: new LogTail({ ...this.#options, file }),
      housekeeper: new Housekeeper({ ...this.#options, file, periodMs: this.#options.housekeepingMs }),
    };
  }

  async #use<T>(work: (parts: Parts) => T | Promise<T>): Promise<T> {
    const parts = this.#parts;
    if (!parts || this.#closing) throw this.#unavailable(undefined);
    return withBrokerFailures(this.#options.path, () => work(parts));
  }

  #unavailable(cause: unknown): BrokerUnavailableError {
    return new BrokerUnavailableError(`embedded (${this.#options.path})`, cause);
  }
}
