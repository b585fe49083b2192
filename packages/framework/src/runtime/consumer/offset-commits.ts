import type { CommittedOffset } from '../../broker/broker.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartitionWork } from './partition-work.js';

export interface OffsetCommitsOptions {
  readonly commit: (offsets: readonly CommittedOffset[]) => Promise<void>;
  /** Makes what the handlers have committed durable. */
  readonly flush: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const COMMIT_EVERY_MS = 200;

/** Commits how far the partitions are done. */
export class OffsetCommits {
  constructor(private readonly options: OffsetCommitsOptions) {}

  /** Commits again and again until the signal says that it is over. */
  async regularly(signal: AbortSignal, works: () => Iterable<PartitionWork>): Promise<void> {
    while (!signal.aborted) {
      await this.options.clock.sleep(COMMIT_EVERY_MS, signal).catch(() => {});
      // what is open at the stop is committed when the partitions are revoked
      if (!signal.aborted) await this.commit([...works()]);
    }
  }

  async commit(works: readonly PartitionWork[]): Promise<void> {
    const pending = works.flatMap(({ partition, offsets }) =>
      offsets.pending === undefined
        ? []
        : [{ offsets, committed: { ...partition, offset: offsets.pending } }],
    );
    if (pending.length === 0) return;
    try {
      // an offset must never be more durable than what was done for it
      await this.options.flush();
      await this.options.commit(pending.map(({ committed }) => committed));
    } catch (error) {
      // uncommitted records come again and are known by their inbox marks; the next round commits them
      this.options.logger.warn({ err: error }, 'offsets could not be committed');
      return;
    }
    for (const { offsets, committed } of pending) offsets.committed(committed.offset);
  }
}
