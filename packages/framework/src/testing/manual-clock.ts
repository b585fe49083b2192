import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.js';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until a test moves it.
 *
 * @example
 * const clock = new ManualClock();
 * const nap = clock.sleep(1_000);
 * await clock.advance(1_000);
 * await nap;
 */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #noticed: (() => void)[] = [];

  /** @param now where it begins, in milliseconds since 1970-01-01T00:00:00Z */
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  /** How many sleep at this moment. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const aborted = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        // what the port promises is the reason itself, whatever it is
        reject(signal!.reason as Error);
      };
      const wake = () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#now + Math.max(0, ms), wake };
      signal?.addEventListener('abort', aborted, { once: true });
      this.#sleepers.push(sleeper);
      for (const notice of this.#noticed.splice(0)) notice();
    });
  }

  /**
   * Moves on by so many milliseconds, from one sleeper that is due to the next. Each gets a turn of the event loop to do
   * what it woke for, and may sleep again within that time.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#sleepers.filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due);
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.due);
      next.wake();
      await turn();
    }
    this.#now = end;
  }

  /** Resolves when at least so many sleep, so that a test moves on only when there is somebody to wake. */
  async sleeping(atLeast = 1): Promise<void> {
    while (this.#sleepers.length < atLeast) {
      await new Promise<void>((resolve) => this.#noticed.push(resolve));
    }
  }
}
