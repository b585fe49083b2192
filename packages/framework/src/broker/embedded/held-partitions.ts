import type { Clock } from '../../kernel/clock.js';
import type { CommittedOffset, RecordReceiver } from '../broker.js';
import type { Ownership, TakenPartition } from './group-membership.js';
import { PartitionFeed, type PartitionFeedOptions } from './partition-feed.js';

export interface HeldPartitionsOptions extends PartitionFeedOptions {
  readonly clock: Clock;
  readonly rebalanceLimitMs: number;
}

/** The partitions that a member owns now, and what their receiver is told of coming and going. */
export class HeldPartitions {
  readonly #feeds = new Map<number, PartitionFeed>();
  readonly #revoking = new Map<number, Promise<void>>();
  #closed = false;

  constructor(private readonly options: HeldPartitionsOptions) {}

  /** The ids of the partitions, and the epochs in which they are owned; with those that are being revoked. */
  get epochs(): ReadonlyMap<number, number> {
    return new Map([...this.#feeds].map(([id, feed]) => [id, feed.partition.epoch]));
  }

  /** Partitions that became this member's. */
  take(partitions: readonly TakenPartition[], nextOffsets: ReadonlyMap<number, number>): void {
    if (this.#closed || partitions.length === 0) return;
    const feeds = partitions.map((partition) => new PartitionFeed(partition, this.options));
    for (const feed of feeds) this.#feeds.set(feed.partition.id, feed);
    this.#tell((receiver) => receiver.assigned(feeds.map(({ name }) => name)));
    this.advance(nextOffsets);
  }

  /** Says where the partitions end by now. */
  advance(nextOffsets: ReadonlyMap<number, number>): void {
    for (const [id, feed] of this.#feeds) feed.advance(nextOffsets.get(id) ?? 0);
  }

  /** The offsets of partitions that are held, with what proves it. */
  proven(offsets: readonly CommittedOffset[]): (Ownership & { readonly offset: number })[] {
    return offsets.flatMap(({ topic, partition, offset }) =>
      [...this.#feeds.values()]
        .filter(({ name }) => name.partition === partition && name.topic === topic)
        .map((feed) => ({ id: feed.partition.id, epoch: feed.partition.epoch, offset })),
    );
  }

  /**
   * Has the receiver let go of partitions (those that it is not letting go of already), for the rebalance limit at the
   * most. Until it resolves they are held, so that last commits are taken. Returns what is to be released.
   */
  async revoke(ids: readonly number[]): Promise<Ownership[]> {
    const feeds = ids
      .filter((id) => !this.#revoking.has(id))
      .map((id) => this.#feeds.get(id))
      .filter((feed) => feed !== undefined);
    if (feeds.length === 0) return [];
    const revoked = this.#letGo(feeds);
    for (const { partition } of feeds) this.#revoking.set(partition.id, revoked);
    await revoked;
    for (const { partition } of feeds) this.#revoking.delete(partition.id);
    const still = feeds.filter((feed) => this.#feeds.get(feed.partition.id) === feed);
    for (const { partition } of still) this.#feeds.delete(partition.id);
    return still.map(({ partition }) => ({ id: partition.id, epoch: partition.epoch }));
  }

  /** Revokes everything, waits for revocations under way, and takes nothing any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.revoke([...this.#feeds.keys()]), ...this.#revoking.values()]);
    this.#feeds.clear();
  }

  /** Partitions that others have already. */
  lose(ids: readonly number[]): void {
    const feeds = ids.map((id) => this.#feeds.get(id)).filter((feed) => feed !== undefined);
    for (const feed of feeds) {
      feed.stop();
      this.#feeds.delete(feed.partition.id);
    }
    if (feeds.length > 0) this.#tell((receiver) => receiver.lost(feeds.map(({ name }) => name)));
  }

  async #letGo(feeds: readonly PartitionFeed[]): Promise<void> {
    const { clock, rebalanceLimitMs, receiver, broken } = this.options;
    for (const feed of feeds) feed.stop();
    const timer = new AbortController();
    const late = clock.sleep(rebalanceLimitMs, timer.signal).then(
      () => true,
      () => false,
    );
    try {
      const names = feeds.map(({ name }) => name);
      const isLate = await Promise.race([receiver.revoked(names).then(() => false), late]);
      // those that were lost meanwhile were told of, and may be this member's anew by now
      const still = feeds.filter((feed) => this.#feeds.get(feed.partition.id) === feed);
      if (isLate && still.length > 0) receiver.lost(still.map(({ name }) => name));
    } catch (error) {
      broken(error);
    } finally {
      timer.abort();
    }
  }

  #tell(what: (receiver: RecordReceiver) => void): void {
    try {
      what(this.options.receiver);
    } catch (error) {
      this.options.broken(error);
    }
  }
}
