import { backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import { RemoteRefusedError, RemoteUnreachableError } from '../../kernel/errors/remote-errors.js';
import { SkanuError } from '../../kernel/errors/skanu-error.js';
import type { RetryOptions } from '../../model/resilience.js';
import type { CallLimit } from './call-limit.js';
import { retryAfterMs } from './retry-after.js';
import type { RetryBudget } from './retry-budget.js';
import type { Target, Targets } from './targets.js';
import { wasUnsent } from './unsent.js';

export interface RetriesOptions {
  readonly retry: Required<RetryOptions>;
  readonly targets: Pick<Targets, 'pick'>;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told before each attempt beyond the first. */
  readonly retried: () => void;
}

/** Makes the attempts of a call, each at another address where there is one. */
export class Retries {
  constructor(private readonly options: RetriesOptions) {}

  /**
   * Attempts until one succeeds, its failure will not pass, or another one would not fit into the limit or the budget.
   * @throws what the last attempt threw; the limit's reason when it ends between two
   */
  async run<T>(limit: CallLimit, attempt: (target: Target) => Promise<T>): Promise<T> {
    const { targets, budget, clock, retried } = this.options;
    const tried = new Set<Target>();
    budget.called();
    for (let failures = 0; ;) {
      const target = targets.pick(tried);
      try {
        return await attempt(target);
      } catch (error) {
        if (limit.signal.aborted) throw error;
        tried.add(target);
        if (!this.#goesElsewhere(error, tried)) {
          const waitMs = this.#waitMs(error, ++failures, limit);
          if (waitMs === undefined) throw error;
          await clock.sleep(waitMs, limit.signal);
        }
        retried();
      }
    }
  }

  /**
   * Nothing was sent, and there is an address that was not tried: that is safe for any operation, and adds no load to whoever answers, so it costs no
   * attempt and nothing of the budget.
   */
  #goesElsewhere(error: unknown, tried: ReadonlySet<Target>): boolean {
    const isUnsent = error instanceof RemoteUnreachableError && wasUnsent(error.cause);
    return isUnsent && !tried.has(this.options.targets.pick(tried));
  }

  /** How long to wait before the next attempt; undefined: there is none. */
  #waitMs(error: unknown, failures: number, limit: CallLimit): number | undefined {
    const { retry, budget, clock, random } = this.options;
    if (failures >= retry.attempts || !mayPass(error)) return undefined;
    const asked = error instanceof RemoteRefusedError ? retryAfterMs(error.retryAfter, clock.now()) : 0;
    if (asked !== undefined && asked > retry.capMs) return undefined;
    // on top of what was asked for: all who were refused together were asked the same
    const waitMs = (asked ?? 0) + backoffMs(retry, failures, random);
    // last, because it is counted
    return waitMs < limit.leftMs && budget.take() ? waitMs : undefined;
  }
}

/** Whether another attempt could end better. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof SkanuError && error.retriable)) return false;
  // it failed because of a service that it calls itself, and has tried again there: doing so on each level multiplies
  return !(error instanceof RemoteRefusedError && error.problem?.code?.startsWith('REMOTE_'));
}
