import { SqlStore } from '../sql/sql-store.js';
import type { SqlStoreOptions } from '../sql/sql-store-options.js';
import { postgresDialect } from './postgres-dialect.js';
import { PostgresDriver } from './postgres-driver.js';
import { postgresTarget } from './postgres-target.js';

/**
 * The store in a PostgreSQL database (from version 12), shared by the processes of any number of hosts. It uses `poolSize` connections at the
 * most, and one more for LISTEN and NOTIFY. They are sessions that keep what they have prepared: a pooler in between must be one of sessions,
 * not of transactions. Tables are made in the first schema of the user's `search_path`.
 *
 * @example
 * const store = new PostgresStore({ url: 'postgres://orders@db:5432/orders', password, ...limits });
 * await store.open();
 * await store.ensureTables([orders]);
 */
export class PostgresStore extends SqlStore {
  constructor({ url, user, password, schema = 'update', ...options }: SqlStoreOptions) {
    const target = postgresTarget({
      url,
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
    });
    const { clock, random } = options;
    super({
      dialect: postgresDialect,
      connect: () => new PostgresDriver({ ...options, target }),
      schema,
      clock,
      random,
    });
  }
}
