import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { PostgresStore } from '../../src/store/postgres/postgres-store.js';
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
import { cups } from '../../src/testing/store/store-samples.js';
import type { ServerContainer } from '../containers/containers.ts';
import { startPostgres } from '../containers/postgres.ts';
import { until } from '../fixtures/until.ts';
import { asAdmin, PostgresDatabaseOfTest } from './postgres-database.ts';

/** A server for the tests of a `describe`, and for each of them a database of its own; what was opened there is closed after it. */
export class PostgresBench {
  server!: ServerContainer;
  database!: PostgresDatabaseOfTest;
  readonly #opened: PostgresStore[] = [];

  constructor() {
    beforeAll(async () => {
      this.server = await startPostgres();
    }, 120_000);
    // when the start failed there is none
    afterAll(() => (this.server as ServerContainer | undefined)?.[Symbol.asyncDispose]());
    beforeEach(async () => {
      this.database = await PostgresDatabaseOfTest.make(this.server.port);
    });
    afterEach(async () => {
      await Promise.all(this.#opened.splice(0).map((store) => store.close()));
      await this.database.dispose();
    });
  }

  unopened(options?: Partial<SqlStoreOptions>): PostgresStore {
    const store = this.database.store(options);
    this.#opened.push(store);
    return store;
  }

  async open(options?: Partial<SqlStoreOptions>): Promise<PostgresStore> {
    const store = this.unopened(options);
    await store.open();
    await store.ensureTables([cups]);
    return store;
  }

  /** The sessions of the store, those that wait for a lock or all. */
  sessions(which: 'waiting' | 'all'): Promise<number[]> {
    return asAdmin(this.server.port, async (admin) => {
      const condition = which === 'waiting' ? `AND wait_event_type = 'Lock'` : '';
      const { rows } = await admin.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE usename = $1 AND application_name = 'skanu' ${condition}`,
        [this.database.user],
      );
      return rows.map(({ pid }) => pid);
    });
  }

  /** Resolves when so many of them wait for a lock: to these. */
  waiting(count: number): Promise<number[]> {
    return until(
      () => this.sessions('waiting'),
      (pids) => pids.length === count,
    );
  }
}
