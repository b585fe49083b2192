import type {
  Broker,
  CommittedOffset,
  ConsumerRecord,
  PartitionLag,
  RecordReceiver,
  Subscription,
  TopicPartition,
} from '../../broker/broker.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { WakeSignal } from '../../kernel/wake-signal.js';
import type { EventCodec, ReceivedEvent } from '../event-codec.js';
import type { Instruments } from '../instruments.js';
import type { Handler } from './handler.js';
import { KeyLanes } from './key-lanes.js';
import { PartitionWork } from './partition-work.js';
import { type RecordHandling, laneOf } from './record-handling.js';

export interface EventConsumerOptions {
  readonly broker: Broker;
  readonly group: string;
  readonly topic: string;
  readonly handlers: readonly Handler[];
  readonly handling: RecordHandling;
  /** Makes what the handlers have committed durable. */
  readonly flush: () => Promise<void>;
  readonly codec: EventCodec;
  /** How many handlers run side by side. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/** The most records of a partition that are taken and not settled: memory is bounded, and the broker held back. */
const MAX_UNSETTLED = 1_000;
/** The most bytes of all of them. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The most records that are settled but cannot be committed, because an earlier one of their partition is not. */
const MAX_SPAN = 10_000;
const MAX_BATCH = 200;
const COMMIT_EVERY_MS = 200;

/**
 * Reads a service's topic as a member of its group and brings each record to every handler that reacts to it: in order
 * for each handler and key, side by side otherwise. An offset is committed when all before it are settled.
 */
export class EventConsumer implements RecordReceiver {
  readonly #partitions = new Map<string, PartitionWork>();
  readonly #lanes: KeyLanes;
  readonly #wanted: ReadonlySet<string>;
  readonly #room = new WakeSignal();
  #subscription: Subscription | undefined;
  #committing: Promise<void> | undefined;
  /** Works whose partitions are being revoked and are still ours. */
  readonly #leaving = new Set<PartitionWork>();
  #unsettledBytes = 0;
  readonly #stopping = new AbortController();

  constructor(private readonly options: EventConsumerOptions) {
    this.#lanes = new KeyLanes(options.concurrency);
    this.#wanted = new Set(options.handlers.flatMap(({ eventTypes }) => [...eventTypes]));
  }

  get state(): Subscription['state'] {
    return this.#subscription?.state ?? 'closed';
  }

  get failure(): unknown {
    return this.#subscription?.failure;
  }

  async start(): Promise<void> {
    const { broker, group, topic } = this.options;
    this.#subscription = await broker.subscribe({
      group,
      topics: [topic],
      from: 'earliest',
      receiver: this,
      maxBatch: MAX_BATCH,
    });
    this.#committing = this.#commitRegularly();
  }

  /** Finishes what is under way, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#room.wake();
    await this.#subscription?.close();
    await this.#committing;
  }

  async lag(): Promise<PartitionLag[]> {
    return (await this.#subscription?.lag()) ?? [];
  }

  assigned(partitions: readonly TopicPartition[]): void {
    // another process may have parked keys of these partitions since this one looked
    const informed = this.options.handling.refresh();
    for (const partition of partitions)
      this.#partitions.set(nameOf(partition), new PartitionWork(partition, informed));
  }

  async received(partition: TopicPartition, records: readonly ConsumerRecord[]): Promise<void> {
    const work = this.#partitions.get(nameOf(partition));
    if (!work) throw new Error(`records of ${nameOf(partition)} came, which is not assigned`);
    await work.informed;
    for (const record of records) {
      while (this.#isFull(work)) await this.#room.wait(this.options.clock, 1_000);
      if (work.signal.aborted) return;
      this.#take(work, record);
    }
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const works = this.#removed(partitions);
    for (const work of works) {
      this.#leaving.add(work);
      work.stop();
    }
    this.#room.wake();
    await Promise.all(works.map((work) => work.idle()));
    // one that was lost meanwhile may be ours anew: its old offset must not set the new one back
    await this.#commit(works.filter((work) => this.#leaving.delete(work)));
  }

  lost(partitions: readonly TopicPartition[]): void {
    const names = partitions.map(nameOf);
    for (const work of this.#leaving) if (names.includes(nameOf(work.partition))) this.#leaving.delete(work);
    for (const work of this.#removed(partitions)) work.stop();
    this.#room.wake();
  }

  /** Whether all that this member has was read at least up to that time, so that nothing older can come any more. */
  async hasReadUpTo(time: number): Promise<boolean> {
    if (this.state !== 'running') return false;
    const behind = (await this.lag()).filter(({ lag }) => lag > 0);
    return behind.every((partition) => (this.#partitions.get(nameOf(partition))?.readUpTo ?? 0) >= time);
  }

  #isFull(work: PartitionWork): boolean {
    if (work.signal.aborted || this.#stopping.signal.aborted) return false;
    // a window for each partition: keys that wait in one do not hold the others up
    return (
      work.unsettled >= MAX_UNSETTLED || this.#unsettledBytes >= MAX_BYTES || work.offsets.span >= MAX_SPAN
    );
  }

  #take(work: PartitionWork, record: ConsumerRecord): void {
    const { codec, handling, handlers, instruments } = this.options;
    const done = work.offsets.take(record.offset);
    work.readUpTo = record.timestamp;
    const announced = record.headers['ce_type'];
    if (announced !== undefined && !this.#wanted.has(announced)) {
      // most of a shared topic is for others: its header says so before anything is parsed
      instruments.unknownEvent(announced);
      done();
      return;
    }
    let received: ReceivedEvent;
    try {
      received = codec.decode(record);
    } catch (error) {
      const finished = this.#expect(work, record, 1, done);
      void work.track(handling.parkUnreadable(record, error, work.signal).then(finished));
      return;
    }
    const reacting = handlers.filter((handler) => handler.eventClass(received.eventType));
    if (reacting.length === 0) {
      instruments.unknownEvent(received.eventType);
      done();
      return;
    }
    const finished = this.#expect(work, record, reacting.length, done);
    for (const handler of reacting) this.#deliver(handler, received, record, work, finished);
  }

  /** Counts the handlers of one record; when all have settled it, the record is done. */
  #expect(
    work: PartitionWork,
    record: ConsumerRecord,
    handlers: number,
    done: () => void,
  ): (settled: boolean) => void {
    const bytes = record.value?.byteLength ?? 0;
    work.unsettled++;
    this.#unsettledBytes += bytes;
    let left = handlers;
    let allSettled = true;
    return (settled) => {
      allSettled &&= settled;
      if (--left > 0) return;
      work.unsettled--;
      this.#unsettledBytes -= bytes;
      // what was given up is not done: the next owner of the partition handles it
      if (allSettled) done();
      this.#room.wake();
    };
  }

  #deliver(
    handler: Handler,
    received: ReceivedEvent,
    record: ConsumerRecord,
    work: PartitionWork,
    finished: (settled: boolean) => void,
  ): void {
    const key = this.#keyOf(handler, received, record);
    // without a key the partition is the only order that there is
    const lane = laneOf(handler.id, key ?? `${record.topic}/${record.partition}`);
    const delivery = { record, received, handler, key, signal: work.signal };
    this.#lanes.add(lane, async (pause) => {
      if (work.signal.aborted) finished(false);
      else
        await work.track(this.options.handling.settle(delivery, pause).then(finished, () => finished(false)));
    });
  }

  /** The record's key; or what the reader's own event class says, for publishers that send none. */
  #keyOf(handler: Handler, received: ReceivedEvent, record: ConsumerRecord): string | null {
    if (record.key !== null) return record.key;
    try {
      const eventClass = handler.eventClass(received.eventType)!;
      const key: unknown = eventClass.keyOf(this.options.codec.revive(eventClass, received) as never);
      return key === undefined || key === null ? null : String(key);
    } catch {
      // its fields do not fit: the handler will say so, and the record is parked alone
      return null;
    }
  }

  async #commitRegularly(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.options.clock.sleep(COMMIT_EVERY_MS, signal).catch(() => {});
      // what is open at the stop is committed when the partitions are revoked
      if (!signal.aborted) await this.#commit([...this.#partitions.values()]);
    }
  }

  async #commit(works: readonly PartitionWork[]): Promise<void> {
    const offsets: CommittedOffset[] = [];
    for (const { partition, offsets: tracker } of works) {
      if (tracker.pending !== undefined) offsets.push({ ...partition, offset: tracker.pending });
    }
    if (offsets.length === 0) return;
    try {
      // an offset must never be more durable than what was done for it
      await this.options.flush();
      await this.#subscription?.commit(offsets);
    } catch (error) {
      // uncommitted records come again and are known by their inbox marks; the next round commits them
      this.options.logger.warn({ err: error }, 'offsets could not be committed');
      return;
    }
    for (const { topic, partition, offset } of offsets) {
      works
        .find((work) => work.partition.topic === topic && work.partition.partition === partition)
        ?.offsets.committed(offset);
    }
  }

  #removed(partitions: readonly TopicPartition[]): PartitionWork[] {
    return partitions.flatMap((partition) => {
      const work = this.#partitions.get(nameOf(partition));
      this.#partitions.delete(nameOf(partition));
      return work ? [work] : [];
    });
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
