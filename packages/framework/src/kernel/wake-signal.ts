import type { Clock } from './clock.js';

/** Given as the reason, so that no error is made for what happens all the time. */
const WOKEN = 'woken';

/**
 * Lets loops sleep until somebody has work for them. A wake-up wakes all that sleep; one that comes while nobody sleeps
 * is kept for the next, so none is lost; many wake-ups count as one.
 */
export class WakeSignal {
  #pending = false;
  readonly #sleepers = new Set<() => void>();

  wake(): void {
    if (this.#sleepers.size === 0) this.#pending = true;
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
  }

  /** Resolves at the next wake-up (or at once, for one that is pending), and at the latest after `atMostMs`. */
  async wait(clock: Clock, atMostMs: number): Promise<void> {
    if (this.#pending) {
      this.#pending = false;
      return;
    }
    const timer = new AbortController();
    let wake!: () => void;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    this.#sleepers.add(wake);
    const slept = clock.sleep(atMostMs, timer.signal).catch(() => {});
    await Promise.race([woken, slept]);
    timer.abort(WOKEN);
    this.#sleepers.delete(wake);
  }
}
