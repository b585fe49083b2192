import { type Connection, createConnection } from 'mysql2/promise';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/logger.js';
import { MariadbStore } from '../../src/store/mariadb/mariadb-store.js';
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
import type { StoreDatabase } from '../../src/testing/store-conformance.js';
import { mariadbUrl } from '../containers/mariadb.js';

let made = 0;

/** A database of its own on a server of tests, removed by `dispose`. */
export class MariadbDatabaseOfTest implements StoreDatabase {
  static async on(port: number): Promise<MariadbDatabaseOfTest> {
    const database = new MariadbDatabaseOfTest(port, `test_${process.pid}_${(made += 1)}`);
    await database.execute(`CREATE DATABASE ${database.name}`, 'skanu');
    return database;
  }

  private constructor(
    readonly port: number,
    readonly name: string,
  ) {}

  get url(): string {
    return mariadbUrl(this.port, this.name);
  }

  store(options: Partial<SqlStoreOptions> = {}): MariadbStore {
    return new MariadbStore(storeOptions(this.url, options));
  }

  async execute(sql: string, database = this.name): Promise<void> {
    await this.inspect((connection) => connection.query(sql), database);
  }

  /** Looks at the database on a connection of its own. */
  async inspect<T>(look: (connection: Connection) => Promise<T>, database = this.name): Promise<T> {
    const connection = await createConnection({
      uri: mariadbUrl(this.port, database),
      multipleStatements: true,
    });
    try {
      return await look(connection);
    } finally {
      await connection.end();
    }
  }

  async whileUncommitted(sql: string, work: () => Promise<void>): Promise<void> {
    await this.inspect(async (other) => {
      await other.query(`BEGIN; ${sql}`);
      await work();
      await other.query('ROLLBACK');
    });
  }

  dispose(): Promise<void> {
    return this.execute(`DROP DATABASE ${this.name}`, 'skanu');
  }
}

export function storeOptions(url: string, more: Partial<SqlStoreOptions> = {}): SqlStoreOptions {
  return {
    url,
    poolSize: 4,
    connectTimeoutMs: 10_000,
    idleTimeoutMs: 30_000,
    statementTimeoutMs: 10_000,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    ...more,
  };
}
