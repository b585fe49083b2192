import type { Broker } from '../broker/broker.js';
import { EmbeddedBroker } from '../broker/embedded/embedded-broker.js';
import type { Clock } from '../kernel/clock.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { Logger } from '../kernel/logger.js';
import { SqliteStore } from '../store/sqlite/sqlite-store.js';
import type { Store } from '../store/store.js';
import { withoutPassword } from './secrets.js';

export interface EngineOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** How long the consumer may take to let go of partitions, in milliseconds. */
  readonly rebalanceLimitMs: number;
}

/** The store that a URL names; not opened yet. @throws ConfigurationError */
export function storeOf(url: string, { clock, random }: EngineOptions): Store {
  const { scheme, rest } = taken(url);
  if (scheme === 'sqlite' && rest) return new SqliteStore({ path: rest, clock, random });
  throw new ConfigurationError(
    `DATABASE_URL is ${withoutPassword(url)}, which names no store`,
    'Use sqlite:PATH.',
  );
}

/** The broker that a URL names; not opened yet. @throws ConfigurationError */
export function brokerOf(url: string, options: EngineOptions): Broker {
  const { scheme, rest } = taken(url);
  if (scheme === 'embedded' && rest) return new EmbeddedBroker({ path: rest, ...options });
  throw new ConfigurationError(
    `BROKER_URL is ${withoutPassword(url)}, which names no broker`,
    'Use embedded:PATH.',
  );
}

function taken(url: string): { scheme: string; rest: string } {
  const colon = url.indexOf(':');
  return { scheme: url.slice(0, Math.max(colon, 0)), rest: url.slice(colon + 1) };
}
