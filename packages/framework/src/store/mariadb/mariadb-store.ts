import { SqlStore } from '../sql/sql-store.js';
import type { SqlStoreOptions } from '../sql/sql-store-options.js';
import { connectionTarget } from './connection-target.js';
import { mariadbDialect } from './mariadb-dialect.js';
import { MariadbDriver } from './mariadb-driver.js';

/**
 * The store on MariaDB, or on MySQL 8 with a URL that begins with `mysql://`.
 *
 * What it can't: texts are sorted by their first 8 kilobytes, dates must lie in the years 1000 to 9999, and a statement with its values must be
 * smaller than the server's `max_allowed_packet`. MySQL knows no limit on a transaction that says nothing: when a process is frozen in the middle of
 * one, others wait for its rows until `idleTimeoutMs` and a minute are over, or it goes on.
 *
 * @example
 * const store = new MariadbStore({ ...limits, url: 'mariadb://order@db/order', password });
 * await store.open();
 * await store.ensureTables([orders]);
 */
export class MariadbStore extends SqlStore {
  /** @throws StoreUnavailableError when the URL names no database */
  constructor(options: SqlStoreOptions) {
    const target = connectionTarget(options);
    super({
      dialect: mariadbDialect(target.flavor),
      connect: () => new MariadbDriver(target, options),
      schema: options.schema ?? 'update',
      clock: options.clock,
      random: options.random,
    });
  }
}
