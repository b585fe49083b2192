import type { Clock } from '../../kernel/clock.js';
import type { CommittedOffset } from '../broker.js';
import type { GroupConsumer } from './group-consumer.js';
import type { HeldPartitions } from './held-partitions.js';
import { isExpelled } from './kafka-failure.js';

/** Between attempts. */
const PAUSE_MS = 100;

/**
 * Commits those offsets whose partitions are held, with several attempts within the time limit of requests. Whether they
 * are held is looked at before each attempt: what is lost meanwhile is for others to commit.
 */
export async function commitHeld(
  offsets: readonly CommittedOffset[],
  held: HeldPartitions,
  consumer: GroupConsumer,
  { clock, requestTimeoutMs }: { readonly clock: Clock; readonly requestTimeoutMs: number },
): Promise<void> {
  const deadline = clock.now() + requestTimeoutMs;
  for (;;) {
    const proven = held.proven(offsets);
    if (proven.length === 0) return;
    try {
      await consumer.commit(proven);
      held.committed(proven);
      return;
    } catch (error) {
      if (isExpelled(error) || consumer.ended.isOpen || clock.now() >= deadline) throw error;
    }
    await clock.sleep(PAUSE_MS);
  }
}
