import { backoffMs } from '../../kernel/backoff.js';
import type {
  CommittedOffset,
  PartitionLag,
  SubscribeOptions,
  Subscription,
  TopicPartition,
} from '../broker.js';
import { commitHeld } from './commit-held.js';
import { GroupConsumer } from './group-consumer.js';
import { GroupPositions, hasMember } from './group-positions.js';
import { HeldPartitions } from './held-partitions.js';
import { brokerFailure, isExpelled } from './kafka-failure.js';
import type { KafkaSubscriptionOptions } from './kafka-subscription-options.js';
import { LifeSigns } from './life-signs.js';
import { MembershipWatch } from './membership-watch.js';
import { PartitionFeed } from './partition-feed.js';
import { SharedCall } from './shared-call.js';
import { SubscriptionStatus } from './subscription-status.js';

const RETRY = { baseMs: 100, capMs: 2_000 };

/**
 * A membership in a group of Kafka. It outlives the consumers of kafkajs: when one ends, another takes its place.
 *
 * Kafka takes all partitions from all members at each rebalance. A member gives its own up by joining again, and kafkajs
 * asks nobody before it does. So the way to the join is barred until the receiver has let go of everything.
 */
export class KafkaSubscription implements Subscription {
  readonly #positions: GroupPositions;
  readonly #lag: SharedCall<PartitionLag[]>;
  readonly #status: SubscriptionStatus;
  readonly #life: LifeSigns;
  readonly #stopping = new AbortController();
  #consumer: GroupConsumer;
  /** What this member has in the generation that it is in; undefined: not assigned yet. */
  #held: HeldPartitions | undefined;
  /** Those that it is asked to give up. */
  #givingUp: HeldPartitions | undefined;
  /** The assignment that is on its way to the receiver; another object, or none: it was overtaken. */
  #assignment: object | undefined;
  /** Whether the group said that all are to join again, and so waits for this member. */
  #isAwaited = false;
  #hasBegun = false;
  /** What came before `subscribe` had resolved. */
  #early: readonly TopicPartition[] | undefined;
  #working: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #broken: unknown;

  /** Joins the group. The receiver hears nothing before the promise has resolved. */
  static async join(
    options: KafkaSubscriptionOptions,
    subscription: SubscribeOptions,
  ): Promise<KafkaSubscription> {
    const joined = new KafkaSubscription(options, subscription);
    try {
      await joined.#consumer.start();
    } catch (error) {
      await joined.#consumer.stop();
      throw brokerFailure(options.broker, error);
    }
    setImmediate(() => joined.#begin());
    return joined;
  }

  private constructor(
    private readonly options: KafkaSubscriptionOptions,
    private readonly subscription: SubscribeOptions,
  ) {
    const { admin, logger } = options;
    this.#positions = new GroupPositions(admin, subscription.group, subscription.from, logger);
    this.#lag = new SharedCall(() => this.#positions.lagOf(this.#held?.feeds ?? []));
    this.#status = new SubscriptionStatus(options);
    this.#life = new LifeSigns(options.clock, options.sessionTimeoutMs);
    this.#consumer = this.#newConsumer();
  }

  get state(): Subscription['state'] {
    return this.#status.state;
  }

  get failure(): unknown {
    return this.#status.failure;
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const held = this.#held;
    try {
      if (held) await commitHeld(offsets, held, this.#consumer, this.options);
    } catch (error) {
      // by now the partitions may be this member's anew, in another generation: that one is not lost
      if (held && isExpelled(error)) {
        this.#lose(held);
        return;
      }
      this.#fails(error);
      throw brokerFailure(this.options.broker, error);
    }
  }

  async lag(): Promise<PartitionLag[]> {
    return this.state === 'closed' ? [] : this.#lag.call();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#leave());
  }

  #begin(): void {
    if (this.#closing) return;
    this.#hasBegun = true;
    const watch = new MembershipWatch({
      ...this.options,
      life: this.#life,
      current: () => ({ consumer: this.#consumer, held: this.#held }),
      lose: (held) => this.#lose(held),
      fails: (error) => this.#fails(error),
    });
    this.#working = Promise.all([this.#keepConsuming(), watch.run(this.#stopping.signal)]);
    if (this.#early) void this.#take(this.#early);
  }

  async #leave(): Promise<void> {
    const held = this.#held;
    this.#assignment = undefined;
    if (held && !held.isOver) {
      // it goes on to say that it lives: until its work is drained, nobody else shall have its partitions
      this.#consumer.pause(held.partitions);
      await held.revoke();
    }
    this.#stopping.abort('closed');
    await this.#consumer.stop();
    await this.#working;
    this.#status.closed(this.#broken);
  }

  /** Replaces a consumer that has ended, again and again. */
  async #keepConsuming(): Promise<void> {
    const { clock, random, logger, group } = this.options;
    for (let failures = 0; ;) {
      const since = clock.now();
      await this.#consumer.ended.opened;
      if (this.#closing) return;
      this.#fails(this.#consumer.failure);
      if (this.#held) this.#lose(this.#held);
      await this.#consumer.stop();
      failures = clock.now() - since > RETRY.capMs ? 1 : failures + 1;
      await clock.sleep(backoffMs(RETRY, failures, random), this.#stopping.signal).catch(() => {});
      if (this.#closing) return;
      logger.info({ group }, 'joining the group again');
      this.#consumer = this.#newConsumer();
      await this.#consumer.start().catch((error: unknown) => this.#consumer.fail(error));
    }
  }

  #newConsumer(): GroupConsumer {
    this.#isAwaited = false;
    this.#life.heard();
    this.#life.joining();
    return new GroupConsumer(this.options, {
      mayJoin: () => this.#mayJoin(),
      rebalancing: () => {
        this.#life.heard();
        this.#isAwaited = true;
        this.#giveUp();
      },
      joined: (partitions) => this.#joined(partitions),
      fetched: (partition, messages, fetchedTo, accept) => {
        const feed = this.#held?.feedOf(partition);
        if (!feed) return;
        feed.push(messages, fetchedTo);
        accept();
      },
      skipped: (partition, from, to) => this.#held?.feedOf(partition)?.skip(from, to),
      fetching: () => {
        if (this.#life.hasGivenUpJoining(2 * this.#consumer.heartbeatMs))
          this.#consumer.fail(new Error('the group was not joined'));
      },
      alive: () => {
        this.#life.heard();
        if (this.#held && !this.#held.isOver) this.#status.works();
      },
    });
  }

  /** The gate before each join. */
  #mayJoin(): void {
    this.#giveUp();
    if (this.#held && !this.#held.isOver) {
      // by this type kafkajs knows that it is to try again soon
      throw Object.assign(new Error('partitions are being let go of'), { type: 'REBALANCE_IN_PROGRESS' });
    }
    if (this.#closing) throw Object.assign(new Error('leaving the group'), { retriable: false });
    this.#assignment = undefined;
    this.#early = undefined;
    this.#life.joining();
  }

  /** Begins to let go of everything, since the group is to be joined again. */
  #giveUp(): void {
    const held = this.#held;
    if (!held || held.isOver || held === this.#givingUp) return;
    this.#givingUp = held;
    this.#consumer.pause(held.partitions);
    if (this.#isAwaited) void held.revoke();
    else void this.#revokeOrLose(held);
  }

  /** kafkajs does not say why it joins again: because a leader has moved, or because the group has gone on without it. */
  async #revokeOrLose(held: HeldPartitions): Promise<void> {
    const { admin, group } = this.options;
    // who cannot be told finishes what it has: the coordinator refuses what is too late
    const isMember = await hasMember(admin, group, this.#consumer.memberId).catch(() => true);
    if (isMember) await held.revoke();
    else this.#lose(held);
  }

  #joined(partitions: readonly TopicPartition[]): void {
    this.#isAwaited = false;
    this.#life.joined();
    // until it is known where to begin
    this.#consumer.pause(partitions);
    if (this.#closing) return;
    if (this.#hasBegun) void this.#take(partitions);
    else this.#early = partitions;
  }

  /** Finds out where the group is, and tells the receiver of its partitions. Gives up when the group is joined again meanwhile. */
  async #take(partitions: readonly TopicPartition[]): Promise<void> {
    const { clock, random } = this.options;
    const assignment = {};
    this.#assignment = assignment;
    for (let failures = 0; this.#assignment === assignment;) {
      try {
        const positions = await this.#positions.of(partitions);
        if (this.#assignment !== assignment) return;
        const feeds = positions.map(({ start, topic, partition }) => this.#feed({ topic, partition }, start));
        for (const { partition, committed } of feeds) this.#consumer.seek(partition, committed);
        this.#held = new HeldPartitions(feeds, {
          ...this.options,
          receiver: this.subscription.receiver,
          broken: (error) => this.#breaks(error),
        });
        this.#held.begin();
        this.#consumer.resume(partitions);
        this.#status.settled();
        return;
      } catch (error) {
        this.#fails(error);
        await clock.sleep(backoffMs(RETRY, ++failures, random), this.#stopping.signal).catch(() => {});
      }
    }
  }

  #feed(partition: TopicPartition, start: number): PartitionFeed {
    return new PartitionFeed(partition, start, {
      ...this.subscription,
      pause: () => this.#consumer.pause([partition]),
      resume: () => this.#consumer.resume([partition]),
      broken: (error) => this.#breaks(error),
    });
  }

  #lose(held: HeldPartitions): void {
    if (held === this.#held) this.#assignment = undefined;
    if (held.isOver) return;
    const { logger, group } = this.options;
    logger.warn({ group }, 'was taken for dead, or may have been; dropping what it had');
    held.lose();
    // until kafkajs knows as well it would fetch the same again and again
    if (held === this.#held) this.#consumer.pause(held.partitions);
  }

  #fails(error: unknown): void {
    if (!this.#closing) this.#status.fails(error);
  }

  #breaks(error: unknown): void {
    if (this.#closing) return;
    const { logger, group } = this.options;
    logger.error({ err: error, group }, 'the receiver failed; leaving the group');
    this.#broken = error;
    void this.close();
  }
}
