import type { Clock } from '../../kernel/clock.js';
import { RollingCount } from './rolling-count.js';

const WINDOW_MS = 10_000;
/** A client that calls seldom may try again too: so many attempts in each window are free. */
const FREE = 10;

/**
 * Bounds the load that trying again adds, for all operations of a client together: in any 10 s the attempts beyond the first are at most a share of the
 * calls, and ten. Each attempt of its own looks harmless; together, and over several services in a row, they are what keeps an overloaded service down.
 */
export class RetryBudget {
  readonly #calls: RollingCount;
  readonly #retries: RollingCount;

  /** @param share from 0 (no attempt beyond the first at all) to 1 */
  constructor(
    private readonly share: number,
    clock: Clock,
  ) {
    this.#calls = new RollingCount(WINDOW_MS, clock);
    this.#retries = new RollingCount(WINDOW_MS, clock);
  }

  called(): void {
    this.#calls.add();
  }

  /** Whether there may be one more attempt. If so it is counted. */
  take(): boolean {
    const most = this.share === 0 ? 0 : this.share * this.#calls.total + FREE;
    if (this.#retries.total + 1 > most) return false;
    this.#retries.add();
    return true;
  }
}
