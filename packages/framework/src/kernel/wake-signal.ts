import type { Clock } from './clock.js';

/**
 * Lets a loop sleep until somebody has work for it. A wake-up that comes while nobody sleeps is kept, so none is lost;
 * many wake-ups count as one.
 */
export class WakeSignal {
  #pending = false;
  #wake: (() => void) | undefined;

  wake(): void {
    this.#pending = true;
    this.#wake?.();
  }

  /** Resolves at the next wake-up (or at once, for one that is pending), and at the latest after `atMostMs`. */
  async wait(clock: Clock, atMostMs: number): Promise<void> {
    if (!this.#pending) {
      const timer = new AbortController();
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const slept = clock.sleep(atMostMs, timer.signal).catch(() => {});
      await Promise.race([woken, slept]);
      timer.abort();
      this.#wake = undefined;
    }
    this.#pending = false;
  }
}
