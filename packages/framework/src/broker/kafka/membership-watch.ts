import type { Clock } from '../../kernel/clock.js';
import type { GroupConsumer } from './group-consumer.js';
import { hasMember } from './group-positions.js';
import type { HeldPartitions } from './held-partitions.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { isExpelled } from './kafka-failure.js';
import type { LifeSigns } from './life-signs.js';

export interface MembershipWatchOptions {
  readonly clock: Clock;
  readonly admin: KafkaAdmin;
  readonly group: string;
  readonly life: LifeSigns;
  /** What there is at the moment. */
  readonly current: () => { readonly consumer: GroupConsumer; readonly held: HeldPartitions | undefined };
  readonly lose: (held: HeldPartitions) => void;
  readonly fails: (error: unknown) => void;
}

/** Sees to it that a silence of the group's coordinator is noticed, whatever kafkajs is waiting for. */
export class MembershipWatch {
  #isAnswered = false;

  constructor(private readonly options: MembershipWatchOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    const { clock, current } = this.options;
    for (;;) {
      await clock.sleep(current().consumer.heartbeatMs, signal).catch(() => {});
      if (signal.aborted) return;
      const { consumer, held } = current();
      if (held?.isLeaving && !held.isOver) await this.#sayAlive(consumer, held);
      if (!consumer.ended.isOpen) await this.#look(consumer);
    }
  }

  /** kafkajs does not, while it waits to join again. */
  async #sayAlive(consumer: GroupConsumer, held: HeldPartitions): Promise<void> {
    await consumer.heartbeat().catch((error: unknown) => {
      if (isExpelled(error)) this.options.lose(held);
    });
  }

  async #look(consumer: GroupConsumer): Promise<void> {
    const { life, fails } = this.options;
    const { verdict, error } = life.look(consumer.rebalanceTimeoutMs);
    const wasAnswered = this.#isAnswered;
    this.#isAnswered = false;
    if (verdict === 'fine') return;
    if (verdict === 'hangs') {
      consumer.fail(error);
      return;
    }
    if (verdict === 'silent') {
      fails(error);
      return;
    }
    this.#isAnswered = await this.#asksGroup();
    // while it joins, the coordinator may be silent because others have not let go yet
    if (verdict === 'overdue' || !this.#isAnswered) fails(error);
    // kafkajs asks the same node for ever; when that is gone, the group has another coordinator
    if (verdict === 'overdue' && this.#isAnswered && wasAnswered) consumer.fail(error);
  }

  /** Whether somebody answers for the group. */
  async #asksGroup(): Promise<boolean> {
    const { admin, group } = this.options;
    return hasMember(admin, group, undefined).then(
      () => true,
      () => false,
    );
  }
}
