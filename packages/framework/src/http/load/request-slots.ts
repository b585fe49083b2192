import type { Clock } from '../../kernel/clock.js';

/** How long the work for a request took and what came of it, for a bound that learns. */
export interface Sample {
  readonly ms: number;
  /** How many requests were under way when it came, itself included. */
  readonly underWay: number;
  readonly hasFailed: boolean;
  /** It has called other services, and their time is in `ms`. */
  readonly hasCalled: boolean;
}

/** What came of the work for a request. */
export type Outcome = Pick<Sample, 'hasFailed' | 'hasCalled'>;

/** How many requests may be under way at once. */
export interface Bound {
  readonly limit: number;
  learn(sample: Sample): void;
}

/** Always the same number. */
export function fixedBound(limit: number): Bound {
  return { limit, learn: () => {} };
}

/** Counts the requests that are under way, and takes no more than there may be. */
export class RequestSlots {
  #underWay = 0;

  constructor(
    private readonly bound: Bound,
    private readonly clock: Clock,
  ) {}

  get underWay(): number {
    return this.#underWay;
  }

  get limit(): number {
    return this.bound.limit;
  }

  get isFull(): boolean {
    return this.#underWay >= this.bound.limit;
  }

  /** A slot for one more request; undefined: there is none. */
  take(): RequestSlot | undefined {
    if (this.isFull) return undefined;
    const underWay = ++this.#underWay;
    return new RequestSlot(
      this.clock,
      (ms, outcome) => this.bound.learn({ ms, underWay, ...outcome }),
      () => this.#underWay--,
    );
  }
}

/**
 * The slot of one request. It is free again when its client has the answer (or has gone away) *and* the work for it is over: a client that
 * goes away does not end what it has set going, and so does not make room for its next attempt.
 */
export class RequestSlot {
  #isOpen = true;
  #isWorking = false;

  constructor(
    private readonly clock: Clock,
    private readonly learn: (ms: number, outcome: Outcome) => void,
    private readonly free: () => void,
  ) {}

  /** The client has its answer, or is gone. */
  closed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (!this.#isWorking) this.free();
  }

  /** The work begins, once; to be told when it ends. */
  working(): (outcome: Outcome) => void {
    // it was freed: nobody waits for what may still be begun
    if (!this.#isOpen) return () => {};
    this.#isWorking = true;
    const begun = this.clock.now();
    return (outcome) => {
      if (!this.#isWorking) return;
      this.#isWorking = false;
      this.learn(this.clock.now() - begun, outcome);
      if (!this.#isOpen) this.free();
    };
  }
}
