import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import type { CommittedOffset, PartitionLag, SubscribeOptions, Subscription } from '../broker.js';
import { brokerFailure, withBrokerFailures } from './broker-failure.js';
import type { EmbeddedLog } from './embedded-log.js';
import { GroupMembership } from './group-membership.js';
import { HeldPartitions } from './held-partitions.js';
import type { LogTail, TailSnapshot } from './log-tail.js';
import { MembershipKeeper } from './membership-keeper.js';

/** The most bytes of a batch, unless a single record has more. */
const BATCH_BYTES = 1024 * 1024;

export interface EmbeddedSubscriptionOptions {
  readonly file: SqliteFile;
  readonly log: EmbeddedLog;
  readonly tail: LogTail;
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly rebalanceLimitMs: number;
}

/** A membership in a group of the embedded log. */
export class EmbeddedSubscription implements Subscription {
  readonly #membership: GroupMembership;
  readonly #held: HeldPartitions;
  readonly #keeper: MembershipKeeper;
  readonly #group: string;
  #state: Subscription['state'] = 'joining';
  #failure: unknown;
  #settled = false;
  #unfollow: () => void = () => {};
  #working: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** Joins the group. The receiver hears nothing before the promise has resolved. */
  static async join(
    options: EmbeddedSubscriptionOptions,
    subscription: SubscribeOptions,
  ): Promise<EmbeddedSubscription> {
    const membership = new GroupMembership(options.file, subscription.group);
    const member = await membership.join(options.identity, subscription);
    const joined = new EmbeddedSubscription(options, subscription, membership, member);
    setImmediate(() => joined.#start());
    return joined;
  }

  private constructor(
    private readonly options: EmbeddedSubscriptionOptions,
    subscription: SubscribeOptions,
    membership: GroupMembership,
    member: number,
  ) {
    this.#group = subscription.group;
    this.#membership = membership;
    this.#held = new HeldPartitions({
      ...options,
      limit: { records: subscription.maxBatch, bytes: BATCH_BYTES },
      receiver: subscription.receiver,
      failed: (error) => this.#failed(error),
      broken: (error) => this.#broken(error),
    });
    this.#keeper = new MembershipKeeper(
      {
        ...options,
        membership,
        held: this.#held,
        subscription,
        working: (settled) => this.#works(settled),
        failed: (error) => this.#fails(error),
      },
      member,
    );
  }

  get state(): Subscription['state'] {
    return this.#state;
  }

  get failure(): unknown {
    return this.#failure;
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const proven = this.#held.proven(offsets);
    if (proven.length === 0) return;
    try {
      await this.#membership.commit(this.#keeper.memberId, proven);
    } catch (error) {
      this.#failed(error);
      throw brokerFailure(this.options.file.path, error);
    }
  }

  lag(): Promise<PartitionLag[]> {
    return withBrokerFailures(this.options.file.path, () =>
      this.#state === 'closed' ? [] : this.#membership.lag(this.#keeper.memberId),
    );
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#leave());
  }

  #start(): void {
    if (this.#closing) return;
    this.#unfollow = this.options.tail.follow({
      changed: (snapshot) => this.#changed(snapshot),
      failed: (error) => this.#failed(error),
    });
    this.options.tail.look();
    this.#working = this.#keeper.run();
  }

  async #leave(): Promise<void> {
    // it goes on to say that it lives: until its work is drained, nobody else shall have its partitions
    this.#keeper.leave();
    this.#unfollow();
    await this.#held.close();
    this.#keeper.stop();
    // the keeper may be joining again at this moment, so which membership is to be left is known only behind it
    await this.#working;
    try {
      await this.#membership.leave(this.#keeper.memberId);
    } catch (error) {
      this.options.logger.warn({ err: error, group: this.#group }, 'could not leave; others will notice');
    }
    this.#state = 'closed';
  }

  #changed({ nextOffsets, generations }: TailSnapshot): void {
    this.#held.advance(nextOffsets);
    this.#keeper.changed(generations.get(this.#group));
  }

  #works(settled: boolean): void {
    if (this.#closing) return;
    this.#settled ||= settled;
    const recovered = this.#state === 'failing';
    this.#state = this.#settled ? 'running' : 'joining';
    this.#failure = undefined;
    if (!recovered) return;
    this.options.logger.info({ group: this.#group }, 'the subscription works again');
    this.#held.advance(this.options.tail.snapshot.nextOffsets);
  }

  #failed(error: unknown): void {
    this.#fails(error);
    this.#keeper.doubt();
  }

  #fails(error: unknown): void {
    if (this.#closing) return;
    if (this.#state !== 'failing') {
      this.options.logger.warn({ err: error, group: this.#group }, 'the subscription fails; trying again');
    }
    this.#state = 'failing';
    this.#failure = brokerFailure(this.options.file.path, error);
  }

  #broken(error: unknown): void {
    if (this.#closing) return;
    this.options.logger.error({ err: error, group: this.#group }, 'the receiver failed; leaving the group');
    this.#failure = error;
    void this.close();
  }
}
