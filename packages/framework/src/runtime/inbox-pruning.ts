import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import type { Store } from '../store/store.js';
import { Pruning } from './pruning.js';

/** Forgets inbox marks that are older than any record that may still come again. */
export class InboxPruning extends Pruning {
  constructor(
    store: Store,
    clock: Clock,
    ageMs: number,
    logger: Logger,
    /** Whether no record older than that time can come any more. */
    hasReadUpTo: (time: number) => Promise<boolean>,
  ) {
    let begin: number | undefined;
    super({
      clock,
      logger,
      what: 'old inbox marks',
      prune: (limit) => store.pruneInbox(ageMs, limit),
      // after a long pause the log may still hold records that are older than their marks may become
      mayBegin: () => hasReadUpTo((begin ??= clock.now())),
    });
  }
}
