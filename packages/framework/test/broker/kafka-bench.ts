import { randomUUID } from 'node:crypto';
import type { Broker } from '../../src/broker/broker.js';
import type { KafkaBrokerOptions } from '../../src/broker/kafka/kafka-broker-options.js';
import { NoticeBoard } from '../../src/testing/broker/notice-board.js';
import { Collector } from './embedded-fixture.js';
import { kafkaBroker } from './kafka-fixture.js';
import { Child } from './processes/child.js';

/** Names that nobody else has, and brokers and processes on one Kafka; `end` leaves none of them behind. */
export class KafkaBench {
  readonly #ends: (() => Promise<void>)[] = [];

  constructor(private readonly port: number) {}

  async open(options: Partial<KafkaBrokerOptions> = {}): Promise<Broker> {
    const broker = kafkaBroker(this.port, options);
    this.#ends.push(() => broker.close());
    await broker.open();
    return broker;
  }

  async topic(broker: Broker, partitions: number): Promise<string> {
    const name = named('topic');
    await broker.ensureTopic({ name, partitions, retentionMs: 3_600_000, retentionBytes: 2 ** 30 });
    return name;
  }

  /** A member that is a process of its own. */
  child(argument: object): Child {
    const child = new Child('kafka-member.ts', { port: this.port, ...argument });
    this.#ends.push(() => child.end());
    return child;
  }

  /** A member of this process, which commits what it gets. */
  async joined(broker: Broker, group: string, topic: string): Promise<Collector> {
    const collector = new Collector(new NoticeBoard(60_000), async ({ partition }, records) => {
      const offset = records.at(-1)!.offset + 1;
      // an outage is what some tests are about: what is not committed comes again
      await subscription.commit([{ topic, partition, offset }]).catch(() => {});
    });
    const reading = { topics: [topic], from: 'earliest', maxBatch: 100, receiver: collector } as const;
    const subscription = await broker.subscribe({ group, ...reading });
    return collector;
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end();
  }
}

export function named(kind: string): string {
  return `${kind}-${randomUUID()}`;
}

export function record(topic: string, key: string | null, value: string) {
  return { topic, key, value: Buffer.from(value), headers: {} };
}
