import type { Clock } from '../../kernel/clock.js';

/**
 * What `work` gives, unless it takes longer than `limitMs`: then `late` is called, and what it returns is thrown. `work` is not waited for any
 * more; `late` has to end it.
 */
export async function within<T>(
  clock: Clock,
  limitMs: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  const settled = new AbortController();
  const overdue = clock.sleep(limitMs, settled.signal).then(
    () => {
      throw late();
    },
    // the work was in time, and the race is over
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([work, overdue]);
  } finally {
    settled.abort(IN_TIME);
  }
}

/** One for all: an error with a stack for each statement would be dear. */
const IN_TIME = new Error('in time');
