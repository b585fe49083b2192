import type { Clock } from '../../kernel/clock.js';
import type { CircuitOptions } from '../../model/resilience.js';
import type { CircuitState } from './client-states.js';
import { RollingCount } from './rolling-count.js';

/** What a call says of the other service. `nothing`: it was not asked, or its caller gave up. */
export type Verdict = 'good' | 'bad' | 'nothing';

/** A call that was let through. To be told once what came of it, whatever it was. */
export type Passage = (verdict: Verdict) => void;

export interface CircuitChange {
  readonly to: CircuitState;
  /** Counted in the window before the change. */
  readonly calls: number;
  readonly failures: number;
}

type State = Exclude<CircuitState, 'none'>;

/**
 * Decides whether an operation may be called.
 *
 * `closed`: all calls are; when too many of the last ones were bad it opens. `open`: none is, for `openMs`. `half open`: `probes` calls
 * are, side by side; when all have been good it closes, and at the first bad one it opens again. A probe that says nothing gives its place to the next call.
 * What a call says counts only in the state in which it was let through: those that a dead service keeps for long are no news when it is back.
 */
export class Circuit {
  readonly #calls: RollingCount;
  readonly #failures: RollingCount;
  #state: State = 'closed';
  /** Grows with each change. */
  #era = 0;
  #openedAt = 0;
  /** Of the half open state. */
  #probing = 0;
  #good = 0;
  #openings = 0;
  #refused = 0;

  constructor(
    private readonly options: Required<Omit<CircuitOptions, 'slowMs'>>,
    private readonly clock: Clock,
    private readonly changed: (change: CircuitChange) => void,
  ) {
    this.#calls = new RollingCount(options.windowMs, clock);
    this.#failures = new RollingCount(options.windowMs, clock);
  }

  get state(): State {
    return this.#state;
  }

  /** Over the window. */
  get calls(): number {
    return this.#calls.total;
  }

  get failures(): number {
    return this.#failures.total;
  }

  /** How often it has opened by itself. */
  get openings(): number {
    return this.#openings;
  }

  /** Calls that it did not let through. */
  get refused(): number {
    return this.#refused;
  }

  /** Until calls may be let through again, in milliseconds: an upper bound of the time until it asks anew. */
  get retryInMs(): number {
    return this.#state === 'open'
      ? Math.max(1, this.#openedAt + this.options.openMs - this.clock.now())
      : this.options.openMs;
  }

  /** Undefined: the call is not to be made. */
  enter(): Passage | undefined {
    if (this.#state === 'open' && this.#isOver()) this.#become('half open');
    if (!this.#hasRoom()) {
      this.#refused++;
      return undefined;
    }
    if (this.#state === 'half open') this.#probing++;
    const era = this.#era;
    let isTold = false;
    return (verdict) => {
      if (isTold || era !== this.#era) return;
      isTold = true;
      if (this.#state === 'half open') this.#probed(verdict);
      else if (verdict !== 'nothing') this.#count(verdict);
    };
  }

  /** Holds it open or closed until `auto`, with which it begins anew: closed, nothing counted. */
  force(state: 'open' | 'closed' | 'auto'): void {
    this.#become(state === 'auto' ? 'closed' : `forced ${state}`);
  }

  #isOver(): boolean {
    const waited = this.clock.now() - this.#openedAt;
    // a clock that was set back must not keep it open
    return waited >= this.options.openMs || waited < 0;
  }

  #hasRoom(): boolean {
    if (this.#state === 'half open') return this.#probing + this.#good < this.options.probes;
    return this.#state === 'closed' || this.#state === 'forced closed';
  }

  #probed(verdict: Verdict): void {
    this.#probing--;
    if (verdict === 'good') this.#good++;
    if (verdict === 'bad') this.#become('open');
    else if (this.#good >= this.options.probes) this.#become('closed');
  }

  #count(verdict: 'good' | 'bad'): void {
    this.#calls.add();
    if (verdict === 'good') return;
    this.#failures.add();
    if (this.#state !== 'closed') return;
    const { calls, failures } = this;
    if (calls >= this.options.minCalls && failures / calls >= this.options.failureRate) this.#become('open');
  }

  #become(to: State): void {
    if (to === this.#state) return;
    const { calls, failures } = this;
    this.#state = to;
    this.#era++;
    this.#probing = 0;
    this.#good = 0;
    if (to === 'open') {
      this.#openedAt = this.clock.now();
      this.#openings++;
    }
    // what is counted explains why it is open; it has a clean start when it is closed
    if (to === 'closed' || to === 'forced closed') {
      this.#calls.clear();
      this.#failures.clear();
    }
    this.changed({ to, calls, failures });
  }
}
