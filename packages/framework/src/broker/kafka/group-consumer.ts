import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { Latch } from '../../kernel/latch.js';
import type { CommittedOffset, TopicPartition } from '../broker.js';
import { withDeadline } from './deadline.js';
import type { KafkaBrokerOptions } from './kafka-broker-options.js';
import { isAnswer } from './kafka-failure.js';
import { KafkaLink } from './kafka-link.js';
import { memberAssigner } from './member-assigner.js';

/** Endless: what lasts too long is seen by the subscription, which then begins anew. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 1_000_000 };
/** How long a fetch waits for records. A partition that is paused or resumed waits for the fetch under way. */
const FETCH_WAIT_MS = 100;
/** On top of the rebalance limit: until a member has heard of the rebalance, and for its way back into the group. */
const REBALANCE_MARGIN_MS = 5_000;
/** Batches are only taken, not worked on, so this many at once hold each other up by nothing. */
const CONCURRENT_BATCHES = 32;

export interface GroupConsumerOptions extends KafkaBrokerOptions {
  readonly sessionTimeoutMs: number;
  readonly group: string;
  readonly topics: readonly string[];
}

/** What a consumer tells. */
export interface GroupConsumerEvents {
  /** It is about to join, or to join again: throws what keeps it from that for now. */
  mayJoin(): void;
  /** The group wants all members to join again. */
  rebalancing(): void;
  joined(partitions: readonly TopicPartition[]): void;
  /** Records of a partition were fetched. `accept`: fetching goes on at `fetchedTo`, behind them; otherwise they come again. */
  fetched(
    partition: TopicPartition,
    messages: readonly KafkaMessage[],
    fetchedTo: number,
    accept: () => void,
  ): void;
  /** What was fetched from one offset to before another is given to nobody. */
  skipped(partition: TopicPartition, from: number, to: number): void;
  /** It asks for records, and so believes that it is a member of the group. */
  fetching(): void;
  /** The group's coordinator has answered. */
  alive(): void;
}

/** One consumer of kafkajs, from its start to its first failure that kafkajs does not mend by itself. */
export class GroupConsumer {
  readonly heartbeatMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Opens when the consumer is of no use any more; {@link GroupConsumer.failure} says why. */
  readonly ended = new Latch();
  failure: unknown;
  /** By what the coordinator knows it; undefined: not yet. */
  memberId: string | undefined;
  readonly #link: KafkaLink;
  readonly #consumer: Consumer;
  /** kafkajs gives these with a batch only, but they are good for as long as it runs. */
  #calls: EachBatchPayload | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly options: GroupConsumerOptions,
    private readonly events: GroupConsumerEvents,
  ) {
    const { sessionTimeoutMs, rebalanceLimitMs, group } = options;
    this.heartbeatMs = Math.min(1_000, Math.floor(sessionTimeoutMs / 6));
    this.rebalanceTimeoutMs = rebalanceLimitMs + REBALANCE_MARGIN_MS;
    this.#link = new KafkaLink(options, RETRY);
    this.#consumer = this.#link.kafka.consumer({
      groupId: group,
      partitionAssigners: [memberAssigner(() => this.#mayJoin())],
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: this.heartbeatMs,
      rebalanceTimeout: this.rebalanceTimeoutMs,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      // kafkajs gives up some errors for good without a word to anybody; one way back for all of them is simpler
      retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    this.#listen();
  }

  /** Resolves when the group's coordinator knows the member; rejects with what kafkajs said, or when it takes too long. */
  async start(): Promise<void> {
    const { clock, requestTimeoutMs } = this.options;
    const ended = this.ended.opened.then(() => {
      throw this.failure;
    });
    ended.catch(() => {});
    const starting = Promise.race([ended, this.#start()]);
    await withDeadline(clock, requestTimeoutMs, 'joining the group', starting);
  }

  /** It is of no use any more. */
  fail(error: unknown): void {
    this.failure ??= error;
    this.ended.open();
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#change(() => this.#consumer.pause(byTopic(partitions)));
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#change(() => this.#consumer.resume(byTopic(partitions)));
  }

  /** What was fetched from elsewhere and not handed over yet is dropped. */
  seek(partition: TopicPartition, offset: number): void {
    this.#change(() => this.#consumer.seek({ ...partition, offset: String(offset) }));
  }

  /**
   * One attempt, in the generation that the consumer is in at the moment of the call; the coordinator refuses it when the
   * group is in another by then. (kafkajs's own `commitOffsets` tries again, and so commits in a later generation.)
   */
  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    // nothing was received yet, so nothing of it can be done
    if (!this.#calls) throw new Error('nothing was received since the group was joined');
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, of]) => ({
      topic,
      partitions: of.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }));
    const { clock, requestTimeoutMs } = this.options;
    await withDeadline(
      clock,
      requestTimeoutMs,
      'committing',
      this.#calls.commitOffsetsIfNecessary({ topics }),
    );
  }

  /** For when kafkajs does not do it: while it waits to join again. Rejects with what the coordinator says. */
  async heartbeat(): Promise<void> {
    try {
      await this.#calls?.heartbeat();
    } catch (error) {
      if (isAnswer(error) && !this.ended.isOpen) this.events.alive();
      throw error;
    }
  }

  /** Leaves the group and lets go of everything, in bounded time. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #start(): Promise<void> {
    const { topics } = this.options;
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
    const isKnown = new Promise<void>((resolve) => {
      const forget = this.#consumer.on(this.#consumer.events.REQUEST, ({ payload }) => {
        if (payload.apiName !== 'JoinGroup') return;
        forget();
        resolve();
      });
    });
    const running = this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_BATCHES,
      eachBatch: (payload) => this.#fetched(payload),
    });
    running.catch((error: unknown) => this.fail(error));
    // the first join lasts until others have let go of what they have
    await Promise.race([isKnown, running]);
  }

  #mayJoin(): void {
    // what was given up must not come back, and by this kafkajs knows that another attempt makes no sense
    if (this.ended.isOpen) throw Object.assign(new Error('ended'), { retriable: false });
    this.events.mayJoin();
  }

  #listen(): void {
    const { GROUP_JOIN, REBALANCING, FETCH_START, START_BATCH_PROCESS, HEARTBEAT, CRASH } =
      this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
      if (this.ended.isOpen) return;
      this.memberId = memberId;
      const partitions = Object.entries(memberAssignment).flatMap(([topic, ids]) =>
        ids.map((partition) => ({ topic, partition })),
      );
      this.events.joined(partitions);
    });
    this.#consumer.on(REBALANCING, () => this.ended.isOpen || this.events.rebalancing());
    this.#consumer.on(FETCH_START, () => this.ended.isOpen || this.events.fetching());
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize, firstOffset, lastOffset } = payload;
      // kafkajs goes on behind marks of transactions and what they have taken back, and says so nowhere else
      if (this.ended.isOpen || batchSize > 0 || firstOffset === null) return;
      this.events.skipped({ topic, partition }, Number(firstOffset), Number(lastOffset) + 1);
    });
    this.#consumer.on(HEARTBEAT, () => this.ended.isOpen || this.events.alive());
    this.#consumer.on(CRASH, ({ payload: { error } }) => this.fail(error));
  }

  async #fetched(payload: EachBatchPayload): Promise<void> {
    this.#calls = payload;
    // fetched before a seek: not what is to come next
    if (payload.isStale() || this.ended.isOpen) return;
    const { topic, partition, messages } = payload.batch;
    const fetchedTo = Number(payload.batch.lastOffset()) + 1;
    this.events.fetched({ topic, partition }, messages, fetchedTo, () =>
      payload.resolveOffset(messages.at(-1)!.offset),
    );
  }

  async #stop(): Promise<void> {
    const { clock, requestTimeoutMs } = this.options;
    this.fail(new Error('stopped'));
    await withDeadline(clock, requestTimeoutMs, 'leaving the group', this.#consumer.disconnect()).catch(
      () => {},
    );
    this.#link.end();
  }

  /** kafkajs throws when its consumer has ended meanwhile. */
  #change(what: () => void): void {
    if (this.ended.isOpen) return;
    try {
      what();
    } catch (error) {
      this.fail(error);
    }
  }
}

function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => ({
    topic,
    partitions: of.map(({ partition }) => partition),
  }));
}
