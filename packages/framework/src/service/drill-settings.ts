import { hostname, networkInterfaces } from 'node:os';
import { Drills } from '../http/drills/drills.js';
import type { Clock } from '../kernel/clock.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { ServiceSettings } from './settings.js';

/** The drills that settings allow; undefined: none. @throws ConfigurationError when there are settings of a drill that is not allowed */
export function drillsOf(
  name: string,
  settings: ServiceSettings,
  clock: Clock,
  random: () => number,
): Drills | undefined {
  const { DRILLS, DRILL_SLOW_MS: ms, DRILL_SLOW_JITTER_MS: jitterMs } = settings;
  if (DRILLS) return new Drills(identityOf(name), clock, random, ms > 0 ? { ms, jitterMs } : undefined);
  if (ms === 0) return undefined;
  throw new ConfigurationError(
    `DRILL_SLOW_MS is ${ms}, but DRILLS is false`,
    'Set DRILLS=true, or take it away.',
  );
}

/** Which replica it is. */
function identityOf(service: string): Readonly<Record<string, unknown>> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
  return { service, host: hostname(), addresses, pid: process.pid };
}
