import { randomUUID } from 'node:crypto';
import type {
  Broker,
  ConsumerRecord,
  RecordReceiver,
  Subscription,
  TopicPartition,
} from '../../broker/broker.js';
import { eventually } from '../eventually.js';

/** Reads a topic from its beginning, in a group of its own, and keeps all that it reads. */
export class TopicObserver implements RecordReceiver {
  readonly #records: ConsumerRecord[] = [];
  #subscription: Subscription | undefined;

  /** Begins to observe. The broker stays the caller's. */
  static async of(broker: Broker, topic: string): Promise<TopicObserver> {
    const observer = new TopicObserver();
    observer.#subscription = await broker.subscribe({
      group: `observer-${randomUUID()}`,
      topics: [topic],
      from: 'earliest',
      receiver: observer,
      maxBatch: 1_000,
    });
    await eventually(
      () => observer.#subscription!.state,
      (state) => state === 'running',
    );
    return observer;
  }

  /** How many records the topic has now. */
  async end(): Promise<number> {
    // it never commits, so its lag is all that there is
    const lags = (await this.#subscription!.lag()).map(({ lag }) => lag);
    return lags.reduce((sum, lag) => sum + lag, 0);
  }

  /** All that the topic has at this moment: in order for each key. */
  async records(): Promise<readonly ConsumerRecord[]> {
    const end = await this.end();
    return eventually(
      () => this.#records.slice(),
      ({ length }) => length >= end,
    );
  }

  assigned(): void {}

  async received(_partition: TopicPartition, records: readonly ConsumerRecord[]): Promise<void> {
    this.#records.push(...records);
  }

  async revoked(): Promise<void> {}

  lost(): void {}
}
