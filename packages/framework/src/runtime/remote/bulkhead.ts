import type { Clock } from '../../kernel/clock.js';
import { BulkheadFullError } from '../../kernel/errors/remote-errors.js';
import type { BulkheadOptions } from '../../model/resilience.js';

/** Given as the reason, so that no error is made for what happens all the time. */
const GRANTED = 'granted';

interface Waiter {
  isGranted: boolean;
  readonly grant: () => void;
}

/** Gives a place back. A second call does nothing. */
export type Leave = () => void;

/**
 * Bounds the calls of an operation that are under way at once, and those that wait for their turn. First come, first served.
 * Nobody is kept: who finds no place to wait is refused at once, who waits for too long is refused then.
 */
export class Bulkhead {
  readonly #waiters = new Set<Waiter>();
  #running = 0;

  constructor(
    private readonly operation: string,
    private readonly options: Required<BulkheadOptions>,
    private readonly clock: Clock,
  ) {}

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Takes a place, and waits for it where that is needed.
   * @throws BulkheadFullError, or the signal's reason
   */
  async enter(signal: AbortSignal): Promise<Leave> {
    signal.throwIfAborted();
    if (this.#running < this.options.maxConcurrent) {
      this.#running++;
      return this.#leaving();
    }
    if (this.#waiters.size >= this.options.maxWaiting) throw this.#full();
    await this.#turn(signal);
    return this.#leaving();
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { promise: granted, resolve: grant } = Promise.withResolvers<void>();
    const waiter: Waiter = { isGranted: false, grant };
    this.#waiters.add(waiter);
    const timer = new AbortController();
    const slept = this.clock.sleep(this.options.maxWaitMs, AbortSignal.any([signal, timer.signal]));
    await Promise.race([granted, slept.catch(() => {})]);
    // a place that was given in the same instant in which the time was over is taken: nobody else has it
    if (waiter.isGranted) {
      timer.abort(GRANTED);
      return;
    }
    this.#waiters.delete(waiter);
    signal.throwIfAborted();
    throw this.#full();
  }

  #leaving(): Leave {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const [next] = this.#waiters;
      if (!next) {
        this.#running--;
        return;
      }
      // the place goes to whoever waits longest, without being free in between
      this.#waiters.delete(next);
      next.isGranted = true;
      next.grant();
    };
  }

  #full(): BulkheadFullError {
    return new BulkheadFullError(this.operation, this.#running, this.#waiters.size);
  }
}
