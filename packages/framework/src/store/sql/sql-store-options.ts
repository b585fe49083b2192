import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { TlsOptions } from '../../kernel/tls-options.js';

/** How a database server is reached, and the limits on it. */
export interface SqlStoreOptions {
  /** `postgres://user:password@host:port/database`, or `mariadb://…`, `mysql://…`. User and password are optional in it. */
  readonly url: string;
  /** In place of those in the URL. */
  readonly user?: string;
  readonly password?: string;
  /** Undefined: no TLS. */
  readonly tls?: TlsOptions;
  /** `verify` changes no table and refuses what is missing. Default: `update`. */
  readonly schema?: 'update' | 'verify';
  /** The most connections. */
  readonly poolSize: number;
  /** How long a connection may take to be made, and a statement may wait for one that is free, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long a connection may be idle before it is closed, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** How long a statement may take, in milliseconds. The server ends it then; a server that is silent for longer counts as lost. */
  readonly statementTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}
