import type { Clock } from '../../kernel/clock.js';
import type { OutlierOptions } from '../../model/resilience.js';
import type { Exchanged, Target, TargetState } from './targets.js';

const DEFAULTS = { failures: 5, ejectMs: 30_000, maxEjected: 0.5 };
/** How long a target is left alone at once when it could not be reached: long enough to matter, short enough for a restart. */
const REST_MS = 1_000;

interface Standing {
  failuresInARow: number;
  /** In milliseconds since the epoch. */
  ejectedUntil: number;
}

/**
 * Which of several addresses are left alone because they fail. Two rules, and neither leaves all of them alone:
 * after so many failures in a row a target is ejected for `ejectMs`, as long as no more than `maxEjected` of all are (one may be, whatever the share, unless that is 0);
 * and one that could not be reached is left alone for a second, each time, even where it is the larger part that cannot: it carries nothing anyway.
 * A target that comes back is on probation: one more failure ejects it again, an answer clears it.
 */
export class OutlierEjection {
  readonly #options: Required<OutlierOptions>;
  readonly #standings = new WeakMap<Target, Standing>();

  constructor(
    options: OutlierOptions | undefined,
    private readonly clock: Clock,
  ) {
    this.#options = { ...DEFAULTS, ...options };
  }

  isEjected(target: Target): boolean {
    return (this.#standings.get(target)?.ejectedUntil ?? 0) > this.clock.now();
  }

  /**
   * Tells what came of an exchange. @param all the targets that there are
   * @returns for how long it is ejected by this, in milliseconds; 0: it is not
   */
  report(target: Target, exchanged: Exchanged, all: readonly Target[]): number {
    // what comes in now was sent before
    if (this.isEjected(target)) return 0;
    if (exchanged === 'answered') {
      this.#standings.delete(target);
      return 0;
    }
    const failuresInARow = (this.#standings.get(target)?.failuresInARow ?? 0) + 1;
    const forMs = this.#ejectionMs(failuresInARow, exchanged, all);
    this.#standings.set(target, { failuresInARow, ejectedUntil: forMs > 0 ? this.clock.now() + forMs : 0 });
    return forMs;
  }

  stateOf(target: Target): TargetState {
    const { failuresInARow, ejectedUntil } = this.#standings.get(target) ?? {
      failuresInARow: 0,
      ejectedUntil: 0,
    };
    const isEjected = this.isEjected(target);
    return { url: target.url, isEjected, ejectedUntil: isEjected ? ejectedUntil : null, failuresInARow };
  }

  #ejectionMs(failuresInARow: number, exchanged: Exchanged, all: readonly Target[]): number {
    const { failures, ejectMs, maxEjected } = this.#options;
    const ejected = all.filter((one) => this.isEjected(one)).length;
    const spare = all.length - 1;
    const allowed = maxEjected === 0 ? 0 : Math.min(spare, Math.max(1, Math.floor(maxEjected * all.length)));
    if (failuresInARow >= failures && ejected < allowed) return ejectMs;
    return exchanged === 'unreachable' && ejected < spare ? Math.min(REST_MS, ejectMs) : 0;
  }
}
