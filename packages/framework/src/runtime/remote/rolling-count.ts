import type { Clock } from '../../kernel/clock.js';

const SLICES = 10;

/** Counts what happened within a time that moves along, in ten slices: it forgets a tenth at once. */
export class RollingCount {
  readonly #slices = Array.from({ length: SLICES }, () => ({ number: -1, count: 0 }));
  readonly #sliceMs: number;

  constructor(
    windowMs: number,
    private readonly clock: Clock,
  ) {
    this.#sliceMs = Math.max(1, windowMs / SLICES);
  }

  add(): void {
    const number = this.#now();
    const slice = this.#slices[number % SLICES]!;
    if (slice.number !== number) Object.assign(slice, { number, count: 0 });
    slice.count++;
  }

  get total(): number {
    const now = this.#now();
    // a slice of the future is one that was counted before the clock was set back
    const within = this.#slices.filter(({ number }) => number > now - SLICES && number <= now);
    return within.reduce((sum, { count }) => sum + count, 0);
  }

  clear(): void {
    for (const slice of this.#slices) slice.number = -1;
  }

  #now(): number {
    return Math.floor(this.clock.now() / this.#sliceMs);
  }
}
