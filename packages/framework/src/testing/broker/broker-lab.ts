import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Broker, ProducerRecord, SubscribeOptions } from '../../broker/broker.js';
import { Latch } from '../../kernel/latch.js';
import type { BrokerHarness } from './broker-harness.js';
import { GroupJournal } from './group-journal.js';
import { GroupMember, type GroupMemberHooks } from './group-member.js';
import { NoticeBoard } from './notice-board.js';

/** The largest batch that members of the lab ask for. */
export const MAX_BATCH = 10;

/** How far apart repeated actions are. */
const PACE_MS = 5;

export interface JoinOptions extends GroupMemberHooks {
  readonly group: string;
  readonly topics: readonly string[];
  /** Default: earliest. */
  readonly from?: SubscribeOptions['from'];
}

/** The bench of one case: names that nobody else has, brokers, members, and an end that leaves nothing behind. */
export class BrokerLab {
  readonly #board: NoticeBoard;
  readonly #brokers: Broker[] = [];
  readonly #flows: (() => Promise<void>)[] = [];
  readonly #journals = new Map<string, GroupJournal>();

  constructor(private readonly harness: BrokerHarness) {
    this.#board = new NoticeBoard(harness.patienceMs);
  }

  async broker(): Promise<Broker> {
    const broker = await this.harness.connect();
    this.#brokers.push(broker);
    return broker;
  }

  /** A new topic that keeps what it gets for longer than any test runs. */
  async topic(broker: Broker, partitions: number): Promise<string> {
    const name = uniqueName('topic');
    await broker.ensureTopic({ name, partitions, retentionMs: 3_600_000, retentionBytes: 2 ** 30 });
    return name;
  }

  group(): string {
    return uniqueName('group');
  }

  /** Joins a group; does not wait until the member has partitions. */
  async join(
    broker: Broker,
    { group, topics, from = 'earliest', ...hooks }: JoinOptions,
  ): Promise<GroupMember> {
    const journal = this.#journals.get(group) ?? new GroupJournal(MAX_BATCH);
    this.#journals.set(group, journal);
    const member = new GroupMember(journal, this.#board, hooks);
    member.subscription = await broker.subscribe({
      group,
      topics,
      from,
      receiver: member,
      maxBatch: MAX_BATCH,
    });
    return member;
  }

  /** Joins a group and waits until the member has so many partitions. */
  async joinAndHold(broker: Broker, partitions: number, options: JoinOptions): Promise<GroupMember> {
    const member = await this.join(broker, options);
    await this.until(`the member has ${partitions} partitions`, () => member.held.size === partitions);
    return member;
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return this.#board.until(what, condition);
  }

  /** Does something again and again until it is ended, by the case or at the end of the lab. */
  flow(again: () => Promise<void>): { end(): Promise<void> } {
    const ended = new Latch();
    const done = (async () => {
      for (; !ended.isOpen; await pause(PACE_MS)) await again();
    })();
    // when the case fails for another reason, this one is not the one to report
    done.catch(() => {});
    const end = () => {
      ended.open();
      return done;
    };
    this.#flows.push(end);
    return { end };
  }

  /** Waits until a member was given these values, in any order. */
  untilValues(member: GroupMember, values: readonly string[]): Promise<void> {
    return this.until(`${values.length} values have come, such as ${values.at(-1)}`, () => {
      const came = new Set(member.values);
      return values.every((value) => came.has(value));
    });
  }

  /** Keys of which each goes to another partition, found by a look at where the adapter puts keys. */
  async keysOfDifferentPartitions(broker: Broker, topic: string, partitions: number): Promise<string[]> {
    const scout = await this.joinAndHold(broker, partitions, { group: this.group(), topics: [topic] });
    const keys = Array.from({ length: partitions * 16 }, (_, i) => `key-${i}`);
    await broker.publish(keys.map((key) => record(topic, key, `scout ${key}`)));
    await this.untilValues(
      scout,
      keys.map((key) => `scout ${key}`),
    );
    await scout.subscription!.close();
    const byPartition = new Map(scout.records.map(({ partition, key }) => [partition, key!]));
    return [...byPartition].toSorted(([a], [b]) => a - b).map(([, key]) => key);
  }

  /** Closes all brokers, and stops and starts the engine where there is one. */
  async restart(): Promise<void> {
    await this.end();
    await this.harness.restart?.();
  }

  /** Closes all brokers, and checks what held at every moment. */
  async end(): Promise<void> {
    await Promise.all(this.#flows.splice(0).map((end) => end()));
    await Promise.all(this.#brokers.splice(0).map((broker) => broker.close()));
    for (const journal of this.#journals.values()) journal.check();
  }
}

/** A record with a text as its value and no headers. */
export function record(topic: string, key: string | null, value: string): ProducerRecord {
  return { topic, key, value: Buffer.from(value), headers: {} };
}

function uniqueName(kind: string): string {
  return `${kind}-${randomUUID()}`;
}
