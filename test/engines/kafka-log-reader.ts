import { randomUUID } from 'node:crypto';
import { type Admin, type Consumer, type IHeaders, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { until } from '../cafe/until.ts';
import type { LogReader, LogRecord } from './log-reader.ts';

/** A broker that was killed takes its time. */
const PATIENCE_MS = 60_000;

/** A topic of Kafka. It is read along, so that what was read once is not read again. */
export class KafkaLogReader implements LogReader {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #groups: readonly string[];
  readonly #partitions = new Map<number, LogRecord[]>();
  #admin: Promise<Admin> | undefined;
  #consumer: Promise<Consumer> | undefined;

  /** @param groups those whose lag counts */
  constructor(broker: string, topic: string, groups: readonly string[]) {
    this.#kafka = new Kafka({
      clientId: 'log-reader',
      brokers: [broker],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 40 },
    });
    this.#topic = topic;
    this.#groups = groups;
  }

  async records(): Promise<LogRecord[]> {
    const ends = await this.#ends();
    if ([...ends.values()].some((end) => end > 0)) await (this.#consumer ??= this.#follow());
    await until(
      () => [...ends].filter(([partition, end]) => this.#read(partition).length < end),
      (behind) => behind.length === 0,
      PATIENCE_MS,
    );
    return [...ends].flatMap(([partition, end]) => this.#read(partition).slice(0, end));
  }

  async size(): Promise<number> {
    return [...(await this.#ends()).values()].reduce((sum, end) => sum + end, 0);
  }

  async lag(key?: string): Promise<number> {
    const admin = await this.#connected();
    const ends = await this.#ends();
    const only =
      key === undefined ? undefined : (await this.records()).find((record) => record.key === key)?.partition;
    const lags = await Promise.all(
      this.#groups.map(async (groupId) => {
        const [offsets] = await admin.fetchOffsets({ groupId, topics: [this.#topic] });
        // -1: nothing was ever committed
        const done = new Map(
          offsets!.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]),
        );
        // a group that is done with what came since the ends were asked for must not make up for another that is behind
        return [...ends]
          .filter(([partition]) => only === undefined || partition === only)
          .reduce((sum, [partition, end]) => sum + Math.max(0, end - (done.get(partition) ?? 0)), 0);
      }),
    );
    return lags.reduce((sum, lag) => sum + lag, 0);
  }

  async close(): Promise<void> {
    const [admin, consumer] = [this.#admin, this.#consumer];
    await consumer?.then((open) => open.disconnect()).catch(() => {});
    await admin?.then((open) => open.disconnect()).catch(() => {});
  }

  #read(partition: number): LogRecord[] {
    let read = this.#partitions.get(partition);
    if (!read) this.#partitions.set(partition, (read = []));
    return read;
  }

  /** Where each partition ends; none when the topic is not there yet. */
  async #ends(): Promise<Map<number, number>> {
    const admin = await this.#connected();
    if (!(await admin.listTopics()).includes(this.#topic)) return new Map();
    const offsets = await admin.fetchTopicOffsets(this.#topic);
    return new Map(
      offsets.map(({ partition, high }) => [partition, Number(high)] as const).toSorted(([a], [b]) => a - b),
    );
  }

  #connected(): Promise<Admin> {
    return (this.#admin ??= (async () => {
      const admin = this.#kafka.admin();
      await admin.connect();
      return admin;
    })());
  }

  async #follow(): Promise<Consumer> {
    const consumer = this.#kafka.consumer({
      groupId: `log-reader-${randomUUID()}`,
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 50,
    });
    await consumer.connect();
    await consumer.subscribe({ topic: this.#topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const read = this.#read(batch.partition);
        // after the broker was away it begins anew
        for (const message of batch.messages)
          if (Number(message.offset) === read.length) read.push(recordOf(batch.partition, message));
      },
    });
    return consumer;
  }
}

function recordOf(partition: number, { offset, key, headers, value }: KafkaMessage): LogRecord {
  const fields = JSON.parse(String(value));
  return {
    partition,
    offset: Number(offset),
    key: String(key),
    eventId: `${text(headers, 'ce_source')}/${text(headers, 'ce_id')}`,
    eventType: fields['eventType'],
    fields,
  };
}

function text(headers: IHeaders | undefined, name: string): string {
  return String(headers?.[name] ?? '');
}
