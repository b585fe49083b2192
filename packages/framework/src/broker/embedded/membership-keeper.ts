import { type BackoffPolicy, backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { WakeSignal } from '../../kernel/wake-signal.js';
import { hasEnded } from '../../sqlite/process-identity.js';
import type { SubscribeOptions } from '../broker.js';
import type { GroupMember, GroupMembership } from './group-membership.js';
import type { HeldPartitions } from './held-partitions.js';
import type { LogTail } from './log-tail.js';
import { SilenceWatch } from './silence-watch.js';

const RETRY: BackoffPolicy = { baseMs: 100, capMs: 2_000 };

export interface MembershipKeeperOptions {
  readonly membership: GroupMembership;
  readonly held: HeldPartitions;
  readonly tail: LogTail;
  readonly subscription: SubscribeOptions;
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** The membership is in order. `settled`: what this member shall have at first, it has. */
  readonly working: (settled: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps one member's place in its group: says that it lives, removes others who died, takes what has become free and
 * releases what others shall have. A member that is alone in its group has nobody to convince and writes nothing.
 */
export class MembershipKeeper {
  readonly #wake = new WakeSignal();
  readonly #stopped = new AbortController();
  readonly #silence: SilenceWatch;
  #generation: number | undefined;
  #alone = false;
  #doubted = false;
  #leaving = false;
  #failures = 0;
  #beatAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly options: MembershipKeeperOptions,
    private member: number,
  ) {
    this.#silence = new SilenceWatch(options.sessionTimeoutMs, 2 * options.heartbeatMs);
  }

  get memberId(): number {
    return this.member;
  }

  /** Has the membership looked after, when the group has changed. */
  changed(generation: number | undefined): void {
    if (generation !== this.#generation) this.#wake.wake();
  }

  /** Has the membership proved by a write, since something has failed. */
  doubt(): void {
    this.#doubted = true;
    this.#failures += 1;
    this.#wake.wake();
  }

  /** Works until `stop`, through all failures. */
  async run(): Promise<void> {
    const { clock, heartbeatMs, working, failed } = this.options;
    while (!this.#isStopped) {
      try {
        await this.#backOff();
        if (this.#isStopped) return;
        working(await this.#lookAfter());
        await this.#wake.wait(clock, heartbeatMs);
        // only now: what fails again right after it has worked must not be tried again at once
        if (!this.#doubted) this.#failures = 0;
      } catch (error) {
        this.#doubted = true;
        this.#failures += 1;
        failed(error);
      }
    }
  }

  /** From here on it only says that the member lives: nothing is taken, and nobody else is looked after. */
  leave(): void {
    this.#leaving = true;
    this.#alone = false;
    this.#wake.wake();
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake.wake();
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #backOff(): Promise<void> {
    const { clock, random } = this.options;
    if (!this.#doubted) return;
    await clock.sleep(backoffMs(RETRY, this.#failures, random), this.#stopped.signal).catch(() => {});
  }

  async #lookAfter(): Promise<boolean> {
    const { membership, tail, subscription } = this.options;
    if (this.#leaving) return this.#sayAlive();
    const generation = tail.snapshot.generations.get(subscription.group);
    if (this.#alone && !this.#doubted && generation === this.#generation) return true;
    if (!(await this.#sayAlive())) return this.#joinAgain();
    const members = membership.members();
    if (!members.some(({ id }) => id === this.member)) return this.#joinAgain();
    const others = members.filter(({ id }) => id !== this.member);
    await this.#removeDead(others);
    const settled = await this.#settle();
    // who was alone has not beaten for long: it does so at once, and not only when the next beat is due
    if (this.#alone && others.length > 0) this.#wake.wake();
    this.#alone = others.length === 0;
    // the state that was looked at is this one or newer; a change since then has another generation and comes again
    this.#generation = generation;
    return settled;
  }

  /** A beat, if one is due. False: this is no member any more. */
  async #sayAlive(): Promise<boolean> {
    const { membership, clock, heartbeatMs } = this.options;
    const sinceMs = Math.abs(clock.now() - this.#beatAt);
    if (!this.#doubted && (this.#alone || sinceMs < heartbeatMs / 2)) return true;
    const isMember = await membership.beat(this.member);
    this.#beatAt = clock.now();
    this.#doubted = false;
    return isMember;
  }

  async #removeDead(others: readonly GroupMember[]): Promise<void> {
    const { membership, clock, logger, subscription } = this.options;
    const silent = this.#silence.look(clock.now(), new Map(others.map(({ id, beat }) => [id, beat])));
    const dead = others.filter(({ id, identity }) => silent.includes(id) || hasEnded(identity));
    if (dead.length === 0) return;
    logger.warn({ group: subscription.group, members: dead }, 'taking over from members that are dead');
    await membership.remove(dead);
  }

  async #settle(): Promise<boolean> {
    const { membership, held, tail } = this.options;
    const { epochs } = held;
    const partitions = membership.partitions();
    const owned = new Map(partitions.filter(({ owner }) => owner === this.member).map((p) => [p.id, p]));
    const shall = partitions.filter(({ target }) => target === this.member);

    held.lose([...epochs].filter(([id, epoch]) => owned.get(id)?.epoch !== epoch).map(([id]) => id));
    this.#release([...owned.values()].filter(({ target }) => target !== this.member).map(({ id }) => id));
    // left over by a release or a take of which it was not known whether it was written
    const strays = [...owned.values()].filter(({ id }) => !epochs.has(id));
    if (strays.length > 0) await membership.release(this.member, strays);
    if (strays.length > 0 || shall.some(({ owner }) => owner === null)) {
      held.take(await membership.take(this.member), tail.snapshot.nextOffsets);
    }
    return shall.length === 0 || held.epochs.size > 0;
  }

  /** Not awaited: a receiver may take long to let go, and beats must go on meanwhile. */
  #release(ids: readonly number[]): void {
    const { membership, held } = this.options;
    const { member } = this;
    held
      .revoke(ids)
      .then((given) => (given.length > 0 ? membership.release(member, given) : undefined))
      .catch((error: unknown) => {
        this.options.failed(error);
        this.doubt();
      });
  }

  async #joinAgain(): Promise<boolean> {
    const { membership, held, logger, subscription, identity } = this.options;
    logger.warn({ group: subscription.group }, 'was taken for dead; joining again');
    held.lose([...held.epochs.keys()]);
    this.member = await membership.join(identity, subscription);
    this.#generation = undefined;
    this.#doubted = false;
    this.#alone = false;
    this.#wake.wake();
    return false;
  }
}
