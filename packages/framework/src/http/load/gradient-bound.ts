import type { Clock } from '../../kernel/clock.js';
import type { Bound, Sample } from './request-slots.js';

const MIN = 10;
const MAX = 1_000;
const FIRST = 100;
/** What is looked at together: long enough for a mean, short enough to react. */
const WINDOW = { ms: 100, samples: 10 };
/**
 * Over about how many windows the usual time follows what is measured. Slowest up while the limit is reached: what is measured then may be the
 * time that requests wait for each other, and to take that for usual would let them be ever more.
 */
const MEMORY = { down: 50, up: 300, upAtLimit: 3_000 };
/** Latency may rise to this multiple of the usual before anything is done about it. */
const TOLERANCE = 1.5;
/** How much of each new estimate is believed at once. */
const SMOOTHING = 0.2;

/**
 * A bound that follows latency: requests that take longer than they usually do are waiting somewhere, and taking fewer at once lets
 * them wait here for nothing (their clients are told at once). While they are as quick as usual it grows again. Between 10 and 1,000. It learns nothing from
 * requests that called other services: when one of those is slow, refusing what has nothing to do with it would help nobody.
 */
export class GradientBound implements Bound {
  #limit = FIRST;
  #usualMs: number | undefined;
  #window = { since: 0, count: 0, sumMs: 0, mostUnderWay: 0 };

  constructor(private readonly clock: Clock) {
    this.#window.since = clock.now();
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  learn({ ms, underWay, hasFailed, hasCalled }: Sample): void {
    if (hasCalled) return;
    // a quick refusal says nothing of how long the work takes; a failure after a long time says that it takes too long
    if (hasFailed && ms < (this.#usualMs ?? Infinity)) return;
    const window = this.#window;
    window.count++;
    window.sumMs += ms;
    window.mostUnderWay = Math.max(window.mostUnderWay, underWay);
    const now = this.clock.now();
    if (window.count < WINDOW.samples || now - window.since < WINDOW.ms) return;
    this.#window = { since: now, count: 0, sumMs: 0, mostUnderWay: 0 };
    // below a millisecond it is noise
    this.#adjust(Math.max(1, window.sumMs / window.count), window.mostUnderWay);
  }

  #adjust(shortMs: number, mostUnderWay: number): void {
    const isReached = mostUnderWay >= this.#limit / 2;
    const usualMs = this.#usual(shortMs, isReached);
    // a limit that nobody comes near is neither proved nor disproved
    if (!isReached) return;
    const gradient = Math.min(1, Math.max(0.5, (TOLERANCE * usualMs) / shortMs));
    // the room to grow; without it there would be no way up again
    const next = this.#limit * gradient + Math.sqrt(this.#limit);
    const smoothed = this.#limit * (1 - SMOOTHING) + next * SMOOTHING;
    this.#limit = Math.min(MAX, Math.max(MIN, smoothed));
  }

  /** The usual time, moved a little towards what was measured now. */
  #usual(shortMs: number, isReached: boolean): number {
    const before = this.#usualMs ?? shortMs;
    const memory = shortMs < before ? MEMORY.down : isReached ? MEMORY.upAtLimit : MEMORY.up;
    return (this.#usualMs = before + (shortMs - before) / memory);
  }
}
