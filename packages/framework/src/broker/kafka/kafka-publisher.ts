import type { Message, Producer, RecordMetadata } from 'kafkajs';
import { RecordTooLargeError } from '../../kernel/errors/broker-errors.js';
import type { ProducerRecord } from '../broker.js';
import { withDeadline } from './deadline.js';
import { FixedPartitioner } from './fixed-partitioner.js';
import type { KafkaBrokerOptions } from './kafka-broker-options.js';
import { brokerFailure, isTooLarge } from './kafka-failure.js';
import { KafkaLink } from './kafka-link.js';
import type { KafkaTopics } from './kafka-topics.js';
import { messageOf, sizeOf } from './record-codec.js';

/** The whole of a batch beside its records. */
const BATCH_FRAME_BYTES = 128;
/** As many as there can be: an idempotent producer that gives up loses count. Our deadline ends it. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: Number.MAX_SAFE_INTEGER };

interface Entry {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
}

/** One producer of kafkajs, from its connection to its first failure. */
interface Session {
  readonly link: KafkaLink;
  readonly producer: Producer;
  readonly partitioner: FixedPartitioner;
  readonly connected: Promise<void>;
}

/** Appends records: idempotent, acknowledged by all replicas in sync, within the time limit of requests. */
export class KafkaPublisher {
  #session: Session | undefined;
  #isClosed = false;

  constructor(
    private readonly options: KafkaBrokerOptions,
    private readonly topics: KafkaTopics,
    private readonly broker: string,
  ) {}

  async connect(): Promise<void> {
    try {
      await this.#use('connecting', async () => {});
    } catch (error) {
      throw brokerFailure(this.broker, error);
    }
  }

  /** @throws RecordTooLargeError, UnknownTopicError, BrokerUnavailableError */
  async publish(records: readonly ProducerRecord[]): Promise<void> {
    for (const { topic, value } of records) {
      const bytes = value?.byteLength ?? 0;
      if (bytes > this.options.maxRecordBytes)
        throw new RecordTooLargeError(`a record for topic ${topic}`, bytes, this.options.maxRecordBytes);
    }
    const entries = records.map((record) => {
      const message = messageOf(record);
      return { topic: record.topic, message, bytes: sizeOf(message) };
    });
    // one after the other, or a later one could come before an earlier one
    for (const batch of await this.#batches(entries)) await this.#send(batch);
  }

  /** Calls under way may reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    const { clock, requestTimeoutMs } = this.options;
    await withDeadline(clock, requestTimeoutMs, 'disconnecting', session.producer.disconnect()).catch(
      () => {},
    );
    session.link.end();
  }

  /** In order, each so small that no partition's share is larger than its topic takes. Nearly always it is one. */
  async #batches(entries: readonly Entry[]): Promise<Entry[][]> {
    const limits = new Map<string, number>();
    for (const { topic } of entries) {
      if (!limits.has(topic)) limits.set(topic, (await this.topics.batchLimit(topic)) - BATCH_FRAME_BYTES);
    }
    const batches: Entry[][] = [];
    const filled = new Map<string, number>();
    for (const entry of entries) {
      const { topic, bytes } = entry;
      const limit = limits.get(topic)!;
      if (bytes > limit)
        throw new RecordTooLargeError(`a record for topic ${topic}, with its key and headers,`, bytes, limit);
      const isFull = (filled.get(topic) ?? 0) + bytes > limit;
      if (isFull) filled.clear();
      if (isFull || batches.length === 0) batches.push([]);
      batches.at(-1)!.push(entry);
      filled.set(topic, (filled.get(topic) ?? 0) + bytes);
    }
    return batches;
  }

  async #send(batch: readonly Entry[]): Promise<void> {
    const byTopic = Map.groupBy(batch, ({ topic }) => topic);
    const topicMessages = [...byTopic].map(([topic, entries]) => ({
      topic,
      messages: entries.map(({ message }) => message),
    }));
    try {
      await this.#use('publishing', async ({ producer, partitioner }) => {
        const answers = await producer.sendBatch({
          acks: -1,
          timeout: this.options.requestTimeoutMs,
          topicMessages,
        });
        for (const entry of batch) checkAnswered(entry, partitioner, answers);
      });
    } catch (error) {
      // it may have been deleted, or changed
      for (const topic of byTopic.keys()) this.topics.forget(topic);
      if (isTooLarge(error)) {
        const [topic] = byTopic.keys();
        const bytes = batch.reduce((sum, entry) => sum + entry.bytes, 0);
        throw new RecordTooLargeError(
          `a batch for topic ${topic}`,
          bytes,
          await this.topics.batchLimit(topic!),
        );
      }
      throw brokerFailure(this.broker, error);
    }
  }

  /**
   * After any failure the producer is given up with its connections. What became of the batch is not known, so nothing
   * of it may come after what is published next; and a producer that lost count of its batches would never work again.
   */
  async #use<T>(what: string, work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('closed');
    const { clock, requestTimeoutMs } = this.options;
    const session = (this.#session ??= this.#open());
    try {
      const answer = session.connected.then(() => work(session));
      return await withDeadline(clock, requestTimeoutMs, what, answer);
    } catch (error) {
      session.link.end();
      if (this.#session === session) this.#session = undefined;
      throw error;
    }
  }

  #open(): Session {
    const link = new KafkaLink(this.options, RETRY);
    const partitioner = new FixedPartitioner();
    const producer = link.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: partitioner.create,
      retry: RETRY,
    });
    const connected = producer.connect();
    // told by the calls that wait for it
    connected.catch(() => {});
    return { link, producer, partitioner, connected };
  }
}

/** kafkajs passes over a partition whose leader changed while it was sending, and reports no error. */
function checkAnswered(
  { topic, message }: Entry,
  partitioner: FixedPartitioner,
  answers: readonly RecordMetadata[],
): void {
  const partition = partitioner.partitionOf(message);
  const answer = answers.find((one) => one.topicName === topic && one.partition === partition);
  if (answer?.errorCode !== 0)
    throw new Error(`partition ${partition} of ${topic} did not acknowledge its records`);
}
