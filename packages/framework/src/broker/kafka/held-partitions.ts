import type { Clock } from '../../kernel/clock.js';
import type { CommittedOffset, RecordReceiver, TopicPartition } from '../broker.js';
import type { PartitionFeed } from './partition-feed.js';

export interface HeldPartitionsOptions {
  readonly receiver: RecordReceiver;
  readonly clock: Clock;
  readonly rebalanceLimitMs: number;
  /** The receiver threw or rejected. */
  readonly broken: (error: unknown) => void;
}

/**
 * The partitions of one generation of the group, from their assignment until they are let go of or lost. They are never
 * taken up again: a later generation has an object of its own, so nothing late can be mistaken for something new.
 */
export class HeldPartitions {
  readonly #feeds: ReadonlyMap<string, PartitionFeed>;
  #leaving: Promise<void> | undefined;
  #isOver = false;

  constructor(
    feeds: readonly PartitionFeed[],
    private readonly options: HeldPartitionsOptions,
  ) {
    this.#feeds = new Map(feeds.map((feed) => [nameOf(feed.partition), feed]));
  }

  /** Whether they are no longer this member's: others may have them. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isLeaving(): boolean {
    return this.#leaving !== undefined;
  }

  get partitions(): TopicPartition[] {
    return [...this.#feeds.values()].map(({ partition }) => partition);
  }

  get feeds(): PartitionFeed[] {
    return this.#isOver ? [] : [...this.#feeds.values()];
  }

  /** Tells the receiver that they are its own now. */
  begin(): void {
    if (this.#feeds.size > 0) this.#tell((receiver) => receiver.assigned(this.partitions));
  }

  /** Where records of a partition go; undefined: nowhere, it is not held any more. */
  feedOf(partition: TopicPartition): PartitionFeed | undefined {
    return this.#isOver || this.#leaving ? undefined : this.#feeds.get(nameOf(partition));
  }

  /** Those offsets that may be committed: while the receiver lets go of a partition, its last commits are taken. */
  proven(offsets: readonly CommittedOffset[]): CommittedOffset[] {
    return this.#isOver ? [] : offsets.filter((offset) => this.#feeds.has(nameOf(offset)));
  }

  committed(offsets: readonly CommittedOffset[]): void {
    for (const offset of offsets) {
      const feed = this.#feeds.get(nameOf(offset));
      if (feed) feed.committed = offset.offset;
    }
  }

  /** Has the receiver let go of all of them, for the rebalance limit at the most. */
  revoke(): Promise<void> {
    return (this.#leaving ??= this.#letGo());
  }

  /** Others have them already, or may have. */
  lose(): void {
    if (this.#isOver) return;
    this.#end();
    if (this.#feeds.size > 0) this.#tell((receiver) => receiver.lost(this.partitions));
  }

  async #letGo(): Promise<void> {
    const { clock, rebalanceLimitMs, receiver, broken } = this.options;
    for (const feed of this.#feeds.values()) feed.stop();
    if (this.#isOver || this.#feeds.size === 0) {
      this.#end();
      return;
    }
    const timer = new AbortController();
    const late = clock.sleep(rebalanceLimitMs, timer.signal).then(
      () => this.lose(),
      () => {},
    );
    try {
      await Promise.race([receiver.revoked(this.partitions), late]);
    } catch (error) {
      broken(error);
    } finally {
      timer.abort('done');
      this.#end();
    }
  }

  #end(): void {
    this.#isOver = true;
    for (const feed of this.#feeds.values()) feed.stop();
  }

  #tell(what: (receiver: RecordReceiver) => void): void {
    try {
      what(this.options.receiver);
    } catch (error) {
      this.options.broken(error);
    }
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
