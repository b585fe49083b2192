import type { Broker } from '../broker/broker.js';
import type { KafkaBrokerOptions } from '../broker/kafka/kafka-broker-options.js';
import type { Clock } from '../kernel/clock.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { Logger } from '../kernel/logger.js';
import type { TlsOptions } from '../kernel/tls-options.js';
import type { SqlStoreOptions } from '../store/sql/sql-store-options.js';
import type { Store } from '../store/store.js';
import { withoutPassword } from './secrets.js';
import type { ServiceSettings } from './settings.js';

export interface EngineOptions {
  /** The name of the service. */
  readonly service: string;
  readonly settings: ServiceSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

// Each engine is loaded when a URL names it: the drivers of servers are optional peers, and nobody pays for those that he does not use.

/** The store that `DATABASE_URL` names; not opened yet. @throws ConfigurationError */
export async function storeOf(options: EngineOptions): Promise<Store> {
  const { settings, clock, random } = options;
  const url = settings.DATABASE_URL;
  const { scheme, rest } = partsOf(url);
  if (rest) {
    switch (scheme) {
      case 'sqlite': {
        const { SqliteStore } = await import('../store/sqlite/sqlite-store.js');
        return new SqliteStore({ path: rest, schema: settings.SCHEMA, clock, random });
      }
      case 'postgres':
      case 'postgresql': {
        const { PostgresStore } = await peer(
          'pg',
          'DATABASE_URL',
          () => import('../store/postgres/postgres-store.js'),
        );
        return new PostgresStore(sqlOptions(options));
      }
      case 'mariadb':
      case 'mysql': {
        const { MariadbStore } = await peer(
          'mysql2',
          'DATABASE_URL',
          () => import('../store/mariadb/mariadb-store.js'),
        );
        return new MariadbStore(sqlOptions(options));
      }
    }
  }
  throw new ConfigurationError(
    `DATABASE_URL is ${withoutPassword(url)}, which names no store`,
    'Use sqlite:PATH, postgres://HOST/DATABASE, mariadb://HOST/DATABASE or mysql://HOST/DATABASE.',
  );
}

/** The broker that `BROKER_URL` names; not opened yet. @throws ConfigurationError */
export async function brokerOf(options: EngineOptions): Promise<Broker> {
  const { settings, clock, random, logger } = options;
  const url = settings.BROKER_URL;
  const rebalanceLimitMs = rebalanceLimitOf(settings);
  const { scheme, rest } = partsOf(url);
  if (scheme === 'embedded' && rest) {
    const { EmbeddedBroker } = await import('../broker/embedded/embedded-broker.js');
    return new EmbeddedBroker({ path: rest, clock, random, logger, rebalanceLimitMs });
  }
  if (scheme === 'kafka' && rest) {
    const { KafkaBroker } = await peer(
      'kafkajs',
      'BROKER_URL',
      () => import('../broker/kafka/kafka-broker.js'),
    );
    return new KafkaBroker(kafkaOptions(options, rebalanceLimitMs));
  }
  throw new ConfigurationError(
    `BROKER_URL is ${withoutPassword(url)}, which names no broker`,
    'Use embedded:PATH or kafka://HOST:PORT,HOST:PORT.',
  );
}

/** The rest of the time to stop is for the outbox. */
function rebalanceLimitOf(settings: ServiceSettings): number {
  return settings.SHUTDOWN_TIMEOUT_MS / 2;
}

function sqlOptions({ settings, clock, random, logger }: EngineOptions): SqlStoreOptions {
  const { DATABASE_USER: user, DATABASE_PASSWORD: password } = settings;
  const tls = tlsOf(settings.DATABASE_TLS, settings.DATABASE_TLS_CA);
  return {
    url: settings.DATABASE_URL,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    schema: settings.SCHEMA,
    poolSize: settings.DATABASE_POOL_SIZE,
    connectTimeoutMs: settings.DATABASE_CONNECT_TIMEOUT_MS,
    idleTimeoutMs: settings.DATABASE_IDLE_TIMEOUT_MS,
    statementTimeoutMs: settings.DATABASE_STATEMENT_TIMEOUT_MS,
    clock,
    random,
    logger,
  };
}

function kafkaOptions(
  { service, settings, clock, random, logger }: EngineOptions,
  rebalanceLimitMs: number,
): KafkaBrokerOptions {
  const sasl = saslOf(settings);
  const tls = tlsOf(settings.BROKER_TLS, settings.BROKER_TLS_CA);
  const { TOPIC_REPLICATION: replication } = settings;
  return {
    url: settings.BROKER_URL,
    clientId: service,
    ...(sasl && { sasl }),
    ...(tls && { tls }),
    maxRecordBytes: settings.MAX_EVENT_BYTES,
    ...(replication !== undefined && { replication }),
    requestTimeoutMs: settings.BROKER_TIMEOUT_MS,
    sessionTimeoutMs: settings.BROKER_SESSION_TIMEOUT_MS,
    rebalanceLimitMs,
    clock,
    random,
    logger,
  };
}

function saslOf(settings: ServiceSettings): KafkaBrokerOptions['sasl'] {
  const { BROKER_SASL: mechanism, BROKER_USER: username, BROKER_PASSWORD: password } = settings;
  if (mechanism === 'off') return undefined;
  if (username !== undefined && password !== undefined) return { mechanism, username, password };
  throw new ConfigurationError(
    `BROKER_SASL is ${mechanism}, but ${username === undefined ? 'BROKER_USER' : 'BROKER_PASSWORD'} is not set`,
    'Set BROKER_USER and BROKER_PASSWORD, or BROKER_SASL=off.',
  );
}

function tlsOf(mode: 'off' | 'verify' | 'unverified', ca: string | undefined): TlsOptions | undefined {
  if (mode === 'off') return undefined;
  return { verify: mode === 'verify', ...(ca !== undefined && { ca }) };
}

function partsOf(url: string): { scheme: string; rest: string } {
  const colon = url.indexOf(':');
  return { scheme: url.slice(0, Math.max(colon, 0)), rest: url.slice(colon + 1) };
}

/** Loads an engine whose driver a team installs itself. */
async function peer<M>(driver: string, setting: string, load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigurationError(
      `${setting} names a server, and the package ${driver} that talks to it is not installed`,
      `Install it beside @skanu/framework: npm install ${driver}.`,
      error,
    );
  }
}
