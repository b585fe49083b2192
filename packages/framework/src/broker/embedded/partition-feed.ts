import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from '../../kernel/logger.js';
import type { ConsumerRecord, RecordReceiver, TopicPartition } from '../broker.js';
import type { EmbeddedLog, ReadLimit } from './embedded-log.js';
import type { TakenPartition } from './group-membership.js';

export interface PartitionFeedOptions {
  readonly log: EmbeddedLog;
  readonly limit: ReadLimit;
  readonly receiver: RecordReceiver;
  readonly logger: Logger;
  /** The log could not be read; the next `advance` tries again. */
  readonly failed: (error: unknown) => void;
  /** The receiver rejected. */
  readonly broken: (error: unknown) => void;
}

/**
 * Gives one partition's records to the receiver, a batch after the other. Reading is quick, so nothing is read ahead:
 * while the receiver is busy with a batch, no other batch of the partition is in memory.
 */
export class PartitionFeed {
  readonly name: TopicPartition;
  #position: number;
  #end = 0;
  #running = false;
  #stopped = false;

  constructor(
    readonly partition: TakenPartition,
    private readonly options: PartitionFeedOptions,
  ) {
    this.name = { topic: partition.topic, partition: partition.partition };
    this.#position = partition.committed;
  }

  /** Says where the partition ends by now, and begins to read what is new. */
  advance(end: number): void {
    this.#end = end;
    if (!this.#running && this.#hasMore()) void this.#run();
  }

  /** No further batch is given. One that the receiver is busy with goes on. */
  stop(): void {
    this.#stopped = true;
  }

  #hasMore(): boolean {
    return !this.#stopped && this.#position < this.#end;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#hasMore()) {
      const records = this.#read();
      if (!records) break;
      try {
        if (records.length > 0) await this.options.receiver.received(this.name, records);
      } catch (error) {
        this.stop();
        this.options.broken(error);
      }
      // a receiver that never waits for anything must not keep the timers and sockets of the process waiting
      await turn();
    }
    this.#running = false;
  }

  #read(): ConsumerRecord[] | undefined {
    try {
      const records = this.options.log.read(this.partition.id, this.name, this.#position, this.options.limit);
      const begin = records[0]?.offset ?? this.#end;
      if (begin > this.#position) this.#missed(begin);
      this.#position = records.length > 0 ? records.at(-1)!.offset + 1 : this.#end;
      return records;
    } catch (error) {
      this.options.failed(error);
      return undefined;
    }
  }

  /** Retention has deleted what the group had not read yet: that must not go unseen. */
  #missed(begin: number): void {
    const { topic, partition } = this.name;
    const fields = { topic, partition, from: this.#position, to: begin - 1 };
    this.options.logger.error(fields, 'records were deleted by retention before this group has read them');
  }
}
