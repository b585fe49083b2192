import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/logger.js';
import { PostgresStore } from '../../src/store/postgres/postgres-store.js';
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
import type { StoreDatabase } from '../../src/testing/store-conformance.js';
import { postgresUrl } from '../containers/postgres.ts';

/** A connection as a person would have one, as a superuser. */
export async function asAdmin<T>(port: number, look: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgresUrl(port) });
  await client.connect();
  try {
    return await look(client);
  } finally {
    await client.end();
  }
}

/** A schema with a user of its own, for whom it comes first: a database would take ten times as long to be made. */
export class PostgresDatabaseOfTest implements StoreDatabase {
  static async make(port: number): Promise<PostgresDatabaseOfTest> {
    const user = `case_${randomBytes(6).toString('hex')}`;
    await asAdmin(port, async (client) => {
      await client.query(`CREATE USER ${user} PASSWORD '${user}'; CREATE SCHEMA AUTHORIZATION ${user}`);
    });
    return new PostgresDatabaseOfTest(port, user);
  }

  private constructor(
    readonly port: number,
    readonly user: string,
  ) {}

  /** @param more what differs from the usual */
  store(more: Partial<SqlStoreOptions> = {}): PostgresStore {
    return new PostgresStore(this.options(more));
  }

  options(more: Partial<SqlStoreOptions> = {}): SqlStoreOptions {
    return {
      url: `postgres://localhost:${this.port}/skanu`,
      user: this.user,
      password: this.user,
      poolSize: 5,
      connectTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
      statementTimeoutMs: 10_000,
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      ...more,
    };
  }

  async execute(sql: string): Promise<void> {
    await this.inspect((client) => client.query(sql));
  }

  /** Looks at it on a connection of its own, as the user of the store. */
  async inspect<T>(look: (client: Client) => Promise<T>): Promise<T> {
    const { port, user } = this;
    const client = new Client({ host: 'localhost', port, database: 'skanu', user, password: user });
    await client.connect();
    try {
      return await look(client);
    } finally {
      await client.end();
    }
  }

  async whileUncommitted(sql: string, work: () => Promise<void>): Promise<void> {
    await this.inspect(async (other) => {
      await other.query(`BEGIN; ${sql}`);
      await work();
      await other.query('ROLLBACK');
    });
  }

  async dispose(): Promise<void> {
    await asAdmin(this.port, async (client) => {
      await client.query(`DROP SCHEMA ${this.user} CASCADE; DROP USER ${this.user}`);
    });
  }
}
