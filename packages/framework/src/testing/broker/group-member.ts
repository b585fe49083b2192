import type { ConsumerRecord, RecordReceiver, Subscription, TopicPartition } from '../../broker/broker.js';
import { type GroupJournal, nameOf } from './group-journal.js';
import type { NoticeBoard } from './notice-board.js';

export interface GroupMemberHooks {
  /** Work on a batch; default: none. */
  readonly work?: (partition: TopicPartition, records: readonly ConsumerRecord[]) => Promise<void> | void;
  /** Runs in `revoked`, after the batches under way; default: nothing. */
  readonly letGo?: (partitions: readonly TopicPartition[]) => Promise<void> | void;
  /** Whether each batch is committed when it is done. Default: false. */
  readonly commits?: boolean;
}

/** A receiver as a consumer should be: it finishes and commits before it lets go. It remembers all that it is told. */
export class GroupMember implements RecordReceiver {
  /** What it was given, in the order in which it was. */
  readonly records: ConsumerRecord[] = [];
  readonly batches: { readonly partition: string; readonly size: number }[] = [];
  /** The partitions that it has now, as `topic/partition`. */
  readonly held = new Set<string>();
  revocations = 0;
  subscription: Subscription | undefined;
  readonly #busy = new Map<string, Promise<void>>();

  constructor(
    private readonly journal: GroupJournal,
    private readonly board: NoticeBoard,
    private readonly hooks: GroupMemberHooks,
  ) {}

  /** The values as text, in the order in which they came. */
  get values(): string[] {
    return this.records.map(({ value }) => Buffer.from(value ?? []).toString());
  }

  /** Whether all batches that it was given are done, and committed if it commits. */
  get isIdle(): boolean {
    return this.#busy.size === 0;
  }

  assigned(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.held.add(nameOf(partition));
      this.journal.holds(this, partition);
    }
    this.board.notify();
  }

  async received(partition: TopicPartition, records: readonly ConsumerRecord[]): Promise<void> {
    const name = nameOf(partition);
    this.journal.batch(this, partition, records, this.#busy.has(name));
    this.records.push(...records);
    this.batches.push({ partition: name, size: records.length });
    const work = this.#workOn(partition, records);
    this.#busy.set(
      name,
      work.catch(() => {}),
    );
    this.board.notify();
    try {
      await work;
    } finally {
      this.#busy.delete(name);
      this.board.notify();
    }
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.revocations += 1;
    this.board.notify();
    for (const partition of partitions) await this.#busy.get(nameOf(partition));
    await this.hooks.letGo?.(partitions);
    this.#drop(partitions);
  }

  lost(partitions: readonly TopicPartition[]): void {
    this.#drop(partitions);
  }

  /** Says that everything of a partition up to and with this record is done. */
  async commit({ topic, partition, offset }: ConsumerRecord): Promise<void> {
    await this.subscription!.commit([{ topic, partition, offset: offset + 1 }]);
  }

  async #workOn(partition: TopicPartition, records: readonly ConsumerRecord[]): Promise<void> {
    await this.hooks.work?.(partition, records);
    if (this.hooks.commits) await this.commit(records.at(-1)!);
  }

  #drop(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.held.delete(nameOf(partition));
      this.journal.dropped(this, partition);
    }
    this.board.notify();
  }
}
