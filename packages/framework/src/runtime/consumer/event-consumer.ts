import type {
  Broker,
  ConsumerRecord,
  PartitionLag,
  RecordReceiver,
  Subscription,
  TopicPartition,
} from '../../broker/broker.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { WakeSignal } from '../../kernel/wake-signal.js';
import type { ParkedKey, ParkingLot } from '../../store/parking-lot.js';
import type { EventCodec } from '../event-codec.js';
import type { Instruments } from '../instruments.js';
import { AsideKeys } from './aside-keys.js';
import type { Handler } from './handler.js';
import { KeyLanes } from './key-lanes.js';
import { OffsetCommits } from './offset-commits.js';
import { PartitionWork } from './partition-work.js';
import type { RecordHandling } from './record-handling.js';
import { RecordIntake } from './record-intake.js';
import type { RecordParking } from './record-parking.js';

export interface EventConsumerOptions {
  readonly broker: Broker;
  readonly group: string;
  readonly topic: string;
  readonly handlers: readonly Handler[];
  readonly handling: RecordHandling;
  readonly parking: RecordParking;
  readonly lot: ParkingLot;
  /** Makes what the handlers have committed durable. */
  readonly flush: () => Promise<void>;
  readonly codec: EventCodec;
  /** How many handlers run side by side. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

const MAX_BATCH = 200;
/** How often keys are looked for that another process has put aside or freed. */
const LOOK_EVERY_MS = 30_000;

/**
 * Reads a service's topic as a member of its group and brings each record to every handler that reacts to it: in order
 * for each handler and key, side by side otherwise. An offset is committed when all before it are settled.
 */
export class EventConsumer implements RecordReceiver {
  readonly #partitions = new Map<string, PartitionWork>();
  readonly #aside: AsideKeys;
  readonly #intake: RecordIntake;
  readonly #offsets: OffsetCommits;
  readonly #room = new WakeSignal();
  #subscription: Subscription | undefined;
  #running: Promise<unknown> | undefined;
  /** Works whose partitions are being revoked and are still ours. */
  readonly #leaving = new Set<PartitionWork>();
  readonly #stopping = new AbortController();

  constructor(private readonly options: EventConsumerOptions) {
    const lanes = new KeyLanes(options.concurrency);
    const aside = new AsideKeys({ ...options, lanes });
    this.#aside = aside;
    this.#intake = new RecordIntake({ ...options, lanes, aside, hasRoom: () => this.#room.wake() });
    this.#offsets = new OffsetCommits({
      ...options,
      commit: async (offsets) => this.#subscription?.commit(offsets),
    });
  }

  get state(): Subscription['state'] {
    const state = this.#subscription?.state ?? 'closed';
    return this.stuck !== undefined && state === 'running' ? 'failing' : state;
  }

  get failure(): unknown {
    return this.#subscription?.failure ?? this.stuck;
  }

  /** Why one of its partitions goes no further as long as it is here; undefined while all do. */
  get stuck(): unknown {
    return [...this.#partitions.values()].find(({ failure }) => failure !== undefined)?.failure;
  }

  /** How many records it has done with since it started. */
  get done(): number {
    return this.#intake.done;
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
    const { signal } = this.#stopping;
    const { lot, handlers } = this.options;
    this.#running = Promise.all([
      this.#offsets.regularly(signal, () => this.#partitions.values()),
      this.#lookRegularly(signal, async () => {
        if ((await lot.count()) > 0) await this.workOffAside();
      }),
      // a view of which no event comes must hear of a new generation too; one that is held keeps nobody else waiting
      ...handlers
        .filter(({ view }) => view)
        .map((handler) => this.#lookRegularly(signal, () => handler.confirm(handler.view, signal))),
    ]);
  }

  /** Finishes what is under way, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#room.wake();
    await this.#subscription?.close();
    await this.#running;
  }

  async lag(): Promise<PartitionLag[]> {
    return (await this.#subscription?.lag()) ?? [];
  }

  /** Looks for keys that wait for nobody but their turn, and works them off. */
  async workOffAside(): Promise<void> {
    await this.#begin(await this.options.parking.refresh());
  }

  async #begin(keys: readonly ParkedKey[]): Promise<void> {
    try {
      await this.#aside.beginAll(keys, (record) => this.#partitions.get(nameOf(record)));
    } catch (error) {
      this.options.logger.warn({ err: error }, 'keys that are put aside cannot be read, looking again later');
    }
  }

  assigned(partitions: readonly TopicPartition[]): void {
    // another process may have parked keys of these partitions since this one looked, or left some aside
    const informed = this.options.parking.refresh();
    for (const partition of partitions)
      this.#partitions.set(nameOf(partition), new PartitionWork(partition, informed));
    void informed.then((keys) => this.#begin(keys));
  }

  async received(partition: TopicPartition, records: readonly ConsumerRecord[]): Promise<void> {
    const work = this.#partitions.get(nameOf(partition));
    if (!work) throw new Error(`records of ${nameOf(partition)} came, which is not assigned`);
    await work.informed;
    for (const record of records) {
      while (this.#mustWait(work)) await this.#room.wait(this.options.clock, 1_000);
      if (work.signal.aborted) return;
      this.#intake.take(work, record);
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
    await this.#offsets.commit(works.filter((work) => this.#leaving.delete(work)));
  }

  lost(partitions: readonly TopicPartition[]): void {
    const names = partitions.map(nameOf);
    for (const work of this.#leaving) if (names.includes(nameOf(work.partition))) this.#leaving.delete(work);
    for (const work of this.#removed(partitions)) work.stop();
    this.#room.wake();
  }

  /** Whether all that this member has was read at least up to that time, so that nothing older can come any more. */
  async hasReadUpTo(time: number): Promise<boolean> {
    // who has nothing to read knows nothing of what the others still have to
    if (this.state !== 'running' || this.#partitions.size === 0) return false;
    const behind = (await this.lag()).filter(({ lag }) => lag > 0);
    return behind.every((partition) => (this.#partitions.get(nameOf(partition))?.readUpTo ?? 0) >= time);
  }

  #mustWait(work: PartitionWork): boolean {
    return !work.signal.aborted && !this.#stopping.signal.aborted && this.#intake.isFull(work);
  }

  async #lookRegularly(signal: AbortSignal, look: () => Promise<unknown>): Promise<void> {
    while (!signal.aborted) {
      await this.options.clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      if (signal.aborted) return;
      try {
        await look();
      } catch {
        // whoever needs the store now says that it is away
      }
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
