import type { Clock } from '../../kernel/clock.js';

/** Something took longer than it may. What becomes of it is not known. */
export class DeadlineError extends Error {
  constructor(what: string, limitMs: number) {
    super(`${what} took longer than ${limitMs} ms`);
    this.name = 'DeadlineError';
  }
}

/**
 * What the work gives, or a {@link DeadlineError}. The work itself goes on: kafkajs has no way to call it off.
 * @param what for the message: `publishing`
 */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  what: string,
  work: Promise<T>,
): Promise<T> {
  const timer = new AbortController();
  const late = clock.sleep(limitMs, timer.signal).then(
    () => {
      throw new DeadlineError(what, limitMs);
    },
    // ended early: the work has won
    () => work,
  );
  // whichever comes second is of no interest to anybody
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort('done');
  }
}
