import kafkajs, { type Admin } from 'kafkajs';
import { UnknownTopicError } from '../../kernel/errors/broker-errors.js';
import { SkanuError, messageOf } from '../../kernel/errors/skanu-error.js';
import { ConfigurationError } from '../../kernel/errors/start-errors.js';
import type { TopicDefinition } from '../broker.js';
import type { KafkaAdmin } from './kafka-admin.js';
import type { KafkaBrokerOptions } from './kafka-broker-options.js';
import { brokerFailure, isExistingTopic, isRefusedTopic, isUnknownTopic } from './kafka-failure.js';

/** What a record may have beside its value: key, headers, and what Kafka adds. */
const OVERHEAD_BYTES = 16 * 1024;
const LIMIT = 'max.message.bytes';
const LOOK_EVERY_MS = 20;

/** The topics of the cluster, and what is known of them. */
export class KafkaTopics {
  /** How many bytes a batch of a topic may have. */
  readonly #limits = new Map<string, number>();

  constructor(
    private readonly options: KafkaBrokerOptions,
    private readonly admin: KafkaAdmin,
    private readonly broker: string,
  ) {}

  /** Makes the topic, or checks that the one that is there takes our records. @throws ConfigurationError */
  async ensure(topic: TopicDefinition): Promise<void> {
    const { name, partitions } = topic;
    if (!Number.isSafeInteger(partitions) || partitions < 1) {
      throw new RangeError(`topic ${name} needs at least 1 partition, not ${partitions}`);
    }
    const { maxRecordBytes } = this.options;
    // looked for first: who may not make topics may still use one
    if (!(await this.#exists(name))) await this.#make(topic);
    const limit = await this.#limitOf(name);
    const needed = maxRecordBytes + OVERHEAD_BYTES;
    if (limit < needed) {
      throw new ConfigurationError(
        `topic ${name} takes records of ${limit} bytes (${LIMIT}), but events of ${maxRecordBytes} bytes need ${needed} with their key and headers`,
        `Raise ${LIMIT} of the topic, or set MAX_EVENT_BYTES to at most ${Math.max(0, limit - OVERHEAD_BYTES)}.`,
      );
    }
  }

  /**
   * How many bytes a batch for one partition of the topic may have.
   * @throws UnknownTopicError
   */
  async batchLimit(name: string): Promise<number> {
    const known = this.#limits.get(name);
    if (known !== undefined) return known;
    await this.check(name);
    return this.#limitOf(name);
  }

  /** @throws UnknownTopicError */
  async check(name: string): Promise<void> {
    if (!(await this.#exists(name))) throw new UnknownTopicError(name);
  }

  /** Has a topic looked up anew, since something has failed that may be for its sake. */
  forget(name: string): void {
    this.#limits.delete(name);
  }

  async #exists(name: string): Promise<boolean> {
    try {
      await this.admin.call('looking a topic up', (admin) => admin.fetchTopicMetadata({ topics: [name] }));
      return true;
    } catch (error) {
      if (isUnknownTopic(error)) return false;
      throw brokerFailure(this.broker, error);
    }
  }

  async #make(topic: TopicDefinition): Promise<void> {
    try {
      await this.admin.call('making a topic', async (admin) => {
        await this.#create(admin, topic);
        await this.#untilLed(admin, topic.name);
      });
    } catch (error) {
      if (!isRefusedTopic(error)) throw brokerFailure(this.broker, error);
      throw new ConfigurationError(
        `topic ${topic.name} could not be made: ${reasonOf(error)}`,
        'Make it by hand, or mend what the broker says (TOPIC_PARTITIONS, TOPIC_REPLICATION, rights).',
        error,
      );
    }
  }

  async #create(
    admin: Admin,
    { name, partitions, retentionMs, retentionBytes }: TopicDefinition,
  ): Promise<void> {
    const { replication, maxRecordBytes, requestTimeoutMs } = this.options;
    const entries = {
      'retention.ms': retentionMs,
      'retention.bytes': retentionBytes,
      [LIMIT]: maxRecordBytes + OVERHEAD_BYTES,
    };
    try {
      await admin.createTopics({
        topics: [
          {
            topic: name,
            numPartitions: partitions,
            ...(replication !== undefined && { replicationFactor: replication }),
            configEntries: Object.entries(entries).map(([key, value]) => ({
              name: key,
              value: String(value),
            })),
          },
        ],
        timeout: requestTimeoutMs,
        waitForLeaders: false,
      });
    } catch (error) {
      // another process was faster
      if (!isExistingTopic(error)) throw error;
    }
  }

  /** Brokers hear of a new topic one after the other, and each partition needs a leader first. */
  async #untilLed(admin: Admin, name: string): Promise<void> {
    const { clock, requestTimeoutMs } = this.options;
    const deadline = clock.now() + requestTimeoutMs;
    for (;;) {
      try {
        const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
        if (topics[0]?.partitions.every(({ leader }) => leader >= 0)) return;
      } catch (error) {
        if (!isUnknownTopic(error) || clock.now() > deadline) throw error;
      }
      await clock.sleep(LOOK_EVERY_MS);
    }
  }

  async #limitOf(name: string): Promise<number> {
    const { resources } = await this.admin.ask('looking a topic up', (admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: [LIMIT] }],
      }),
    );
    const limit = Number(
      resources[0]?.configEntries.find(({ configName }) => configName === LIMIT)?.configValue,
    );
    if (!Number.isSafeInteger(limit))
      throw brokerFailure(this.broker, new Error(`${LIMIT} of ${name} is not known`));
    this.#limits.set(name, limit);
    return limit;
  }
}

function reasonOf(error: unknown): string {
  const [first] =
    error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error];
  return first instanceof SkanuError ? first.message : messageOf(first);
}
