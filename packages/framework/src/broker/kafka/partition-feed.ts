import { setImmediate as turn } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import type { ConsumerRecord, RecordReceiver, TopicPartition } from '../broker.js';
import { recordOf } from './record-codec.js';

/** As many batches may wait behind the one that is worked on; with more the partition is paused. */
const BATCHES_AHEAD = 4;
/** The most bytes of a batch, unless a single record has more; and of what waits, before the partition is paused. */
const BATCH_BYTES = 1024 * 1024;

export interface PartitionFeedOptions {
  readonly receiver: RecordReceiver;
  readonly maxBatch: number;
  /** Stops and goes on with fetching the partition. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** The receiver rejected. */
  readonly broken: (error: unknown) => void;
}

/**
 * Gives one partition's records to the receiver, a batch after the other. What was fetched waits here, so that fetching
 * for other partitions goes on; the partition is paused while enough of it waits.
 */
export class PartitionFeed {
  #waiting: KafkaMessage[] = [];
  #waitingBytes = 0;
  #isRunning = false;
  #isPaused = false;
  #isStopped = false;
  /** Behind the last record that was taken. */
  #end: number;
  /** Where fetching goes on. */
  #fetchedTo: number;

  /** @param committed the offset up to which the group has committed */
  constructor(
    readonly partition: TopicPartition,
    public committed: number,
    private readonly options: PartitionFeedOptions,
  ) {
    this.#end = committed;
    this.#fetchedTo = committed;
  }

  /** The offset up to which the group is done: what is committed, and what comes behind it and is given to nobody. */
  get done(): number {
    return this.committed < this.#end ? this.committed : Math.max(this.committed, this.#fetchedTo);
  }

  /**
   * Takes what was fetched, and begins to hand it over.
   * @param fetchedTo where fetching goes on: there may be something between that is given to nobody
   */
  push(messages: readonly KafkaMessage[], fetchedTo = endOf(messages)): void {
    if (this.#isStopped) return;
    this.#end = endOf(messages);
    this.#fetchedTo = fetchedTo;
    for (const message of messages) {
      this.#waiting.push(message);
      this.#waitingBytes += bytesOf(message);
    }
    if (!this.#isPaused && this.#isFuller(BATCHES_AHEAD)) {
      this.#isPaused = true;
      this.options.pause();
    }
    if (!this.#isRunning) void this.#run();
  }

  /** What was fetched there is given to nobody: marks of transactions, and what they have taken back. */
  skip(from: number, to: number): void {
    // anything else is not what comes next: there may be records before it
    if (from === this.#fetchedTo) this.#fetchedTo = to;
  }

  /** No further batch is given, and what waits is dropped. A batch that the receiver is busy with goes on. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
  }

  #isFuller(batches: number): boolean {
    return (
      this.#waiting.length > batches * this.options.maxBatch ||
      this.#waitingBytes > (batches / BATCHES_AHEAD) * BATCH_BYTES
    );
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const { receiver, broken, resume } = this.options;
    while (!this.#isStopped && this.#waiting.length > 0) {
      const records = this.#next();
      if (this.#isPaused && !this.#isFuller(BATCHES_AHEAD / 2)) {
        this.#isPaused = false;
        resume();
      }
      try {
        await receiver.received(this.partition, records);
      } catch (error) {
        this.stop();
        broken(error);
      }
      // a receiver that never waits for anything must not keep the timers and sockets of the process waiting
      await turn();
    }
    this.#isRunning = false;
  }

  #next(): ConsumerRecord[] {
    let bytes = 0;
    let count = 0;
    for (const message of this.#waiting.slice(0, this.options.maxBatch)) {
      bytes += bytesOf(message);
      if (count > 0 && bytes > BATCH_BYTES) break;
      count++;
    }
    const taken = this.#waiting.splice(0, count);
    for (const message of taken) this.#waitingBytes -= bytesOf(message);
    return taken.map((message) => recordOf(this.partition, message));
  }
}

function endOf(messages: readonly KafkaMessage[]): number {
  return Number(messages.at(-1)!.offset) + 1;
}

function bytesOf({ key, value }: KafkaMessage): number {
  return (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
}
