import { isIP } from 'node:net';
import type { Clock } from '../../kernel/clock.js';
import { type Logger, silentLogger } from '../../kernel/logger.js';
import type { OutlierOptions } from '../../model/resilience.js';
import { type Resolve, resolveHost } from './dns-addresses.js';
import { OutlierEjection } from './outlier-ejection.js';
import { ResolvedTargets } from './resolved-targets.js';
import type { Exchanged, Target, TargetState, Targets } from './targets.js';

export interface TargetsOptions {
  /** One, whose host may have several addresses; or several, which are used as they are. */
  readonly urls: readonly string[];
  readonly outliers?: OutlierOptions | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Default: none. */
  readonly logger?: Logger;
  /** Default: what the system says. */
  readonly resolve?: Resolve;
}

/** The addresses of a service. Calls go round all of them, from a random one on, but for those that fail. */
export function makeTargets(options: TargetsOptions): Targets {
  const { urls, clock, random, logger = silentLogger, resolve = resolveHost } = options;
  const ejection = new OutlierEjection(options.outliers, clock);
  const fixed = [...new Set(urls.map(withoutUser))].map((url): Target => ({ url }));
  const resolved =
    fixed.length === 1 && hasName(fixed[0]!.url)
      ? new ResolvedTargets(fixed[0]!, { resolve, clock, logger })
      : undefined;
  return new ServiceTargets(() => resolved?.now() ?? fixed, ejection, random, logger, resolved);
}

class ServiceTargets implements Targets {
  #turn: number;

  constructor(
    private readonly all: () => readonly Target[],
    private readonly ejection: OutlierEjection,
    random: () => number,
    private readonly logger: Logger,
    private readonly resolved: ResolvedTargets | undefined,
  ) {
    // so that the processes of a service that start together do not begin with the same one
    this.#turn = Math.floor(random() * 1_000);
  }

  pick(tried?: ReadonlySet<Target>): Target {
    this.resolved?.refresh();
    const all = this.all();
    const fit = all.filter((one) => !this.ejection.isEjected(one));
    // all of them are only where others were in the list when these were ejected
    const usable = fit.length > 0 ? fit : all;
    const fresh = tried ? usable.filter((one) => !tried.has(one)) : usable;
    const choice = fresh.length > 0 ? fresh : usable;
    // another attempt is not another call: it would shift the turns so that a bad address always gets the first ones
    if (!tried?.size) this.#turn += 1;
    return choice[this.#turn % choice.length]!;
  }

  report(target: Target, exchanged: Exchanged): void {
    const all = this.all();
    // its name points elsewhere by now
    if (!all.includes(target)) return;
    const forMs = this.ejection.report(target, exchanged, all);
    if (forMs > 0)
      this.logger.warn(
        { target: target.url, forMs, failures: this.ejection.stateOf(target).failuresInARow },
        'an address of a service fails and is left alone',
      );
  }

  states(): readonly TargetState[] {
    return this.all().map((one) => this.ejection.stateOf(one));
  }

  async close(): Promise<void> {
    this.resolved?.close();
  }
}

/** Nothing sends them, and they are not to be shown. */
function withoutUser(given: string): string {
  const url = new URL(given);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Whether the host of a URL is to be looked up. `localhost` is one machine, by whichever of its addresses. */
function hasName(url: string): boolean {
  const { hostname } = new URL(url);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && !/(?:^|\.)localhost$/.test(hostname);
}
