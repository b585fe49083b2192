import { BrokerUnavailableError, GroupInUseError } from '../../kernel/errors/broker-errors.js';
import type {
  Broker,
  BrokerCapabilities,
  ProducerRecord,
  SubscribeOptions,
  Subscription,
  TopicDefinition,
} from '../broker.js';
import { brokersOf } from './broker-address.js';
import { KafkaAdmin } from './kafka-admin.js';
import type { KafkaBrokerOptions } from './kafka-broker-options.js';
import {
  brokerFailure,
  isForbiddenTopic,
  isGroupInUse,
  isUnknownGroup,
  isUnknownTopic,
} from './kafka-failure.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { KafkaTopics } from './kafka-topics.js';
import { quietRequestQueues } from './quiet-request-queues.js';

const SESSION_TIMEOUT_MS = 10_000;

/** What there is while the broker is open. */
interface Parts {
  readonly admin: KafkaAdmin;
  readonly topics: KafkaTopics;
  readonly publisher: KafkaPublisher;
}

/**
 * The log of events in Apache Kafka, by kafkajs.
 *
 * @example
 * const broker = new KafkaBroker({
 *   url: 'kafka://localhost:9092',
 *   clientId: 'order',
 *   maxRecordBytes: 1_000_000,
 *   requestTimeoutMs: 5_000,
 *   rebalanceLimitMs: 10_000,
 *   clock: systemClock,
 *   random: Math.random,
 *   logger: silentLogger,
 * });
 * await broker.open();
 */
export class KafkaBroker implements Broker {
  readonly capabilities: BrokerCapabilities;
  readonly #name: string;
  readonly #subscriptions = new Set<KafkaSubscription>();
  #parts: Parts | undefined;
  #closing: Promise<void> | undefined;

  /** @throws ConfigurationError when the URL names no brokers */
  constructor(private readonly options: KafkaBrokerOptions) {
    this.#name = `kafka (${brokersOf(options.url).join(',')})`;
    this.capabilities = {
      engine: 'kafka',
      sharedByHosts: true,
      noticesDeathAtOnce: false,
      maxRecordBytes: options.maxRecordBytes,
    };
  }

  async open(): Promise<void> {
    if (this.#closing) throw this.#unavailable();
    quietRequestQueues();
    const parts = this.#assemble();
    try {
      await Promise.all([parts.publisher.connect(), ping(parts.admin)]);
      if (this.#closing) throw this.#unavailable();
    } catch (error) {
      await Promise.all([parts.publisher.close(), parts.admin.close()]);
      throw brokerFailure(this.#name, error);
    }
    this.#parts = parts;
  }

  async ensureTopic(topic: TopicDefinition): Promise<void> {
    await this.#open().topics.ensure(topic);
  }

  async publish(records: readonly ProducerRecord[]): Promise<void> {
    await this.#open().publisher.publish(records);
  }

  async subscribe(subscription: SubscribeOptions): Promise<Subscription> {
    const { admin, topics } = this.#open();
    for (const topic of subscription.topics) await topics.check(topic);
    const { group } = subscription;
    const joined = await KafkaSubscription.join(
      {
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
        ...this.options,
        admin,
        group,
        topics: subscription.topics,
        broker: this.#name,
      },
      subscription,
    );
    if (this.#closing) {
      await joined.close();
      throw this.#unavailable();
    }
    for (const known of this.#subscriptions) if (known.state === 'closed') this.#subscriptions.delete(known);
    this.#subscriptions.add(joined);
    return joined;
  }

  async forgetGroup(group: string): Promise<void> {
    try {
      await this.#open().admin.call('forgetting a group', (admin) => admin.deleteGroups([group]));
    } catch (error) {
      if (isUnknownGroup(error)) return;
      throw isGroupInUse(error) ? new GroupInUseError(group, error) : brokerFailure(this.#name, error);
    }
  }

  async ping(): Promise<void> {
    await ping(this.#open().admin);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shutDown());
  }

  async #shutDown(): Promise<void> {
    const parts = this.#parts;
    if (!parts) return;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await Promise.all([parts.publisher.close(), parts.admin.close()]);
  }

  #assemble(): Parts {
    const admin = new KafkaAdmin(this.options, this.#name);
    const topics = new KafkaTopics(this.options, admin, this.#name);
    return { admin, topics, publisher: new KafkaPublisher(this.options, topics, this.#name) };
  }

  #open(): Parts {
    if (!this.#parts || this.#closing) throw this.#unavailable();
    return this.#parts;
  }

  #unavailable(): BrokerUnavailableError {
    return new BrokerUnavailableError(this.#name);
  }
}

/**
 * Asks for a topic that nobody has: that it is unknown is an answer. `describeCluster` asks for all topics instead, and
 * gives null if any partition of anybody's has no leader just now.
 */
async function ping(admin: KafkaAdmin): Promise<void> {
  await admin.ask('asking for life', async (one) => {
    try {
      await one.fetchTopicMetadata({ topics: ['skanu.nobody-has-this-topic'] });
    } catch (error) {
      if (!isUnknownTopic(error) && !isForbiddenTopic(error)) throw error;
    }
  });
}
