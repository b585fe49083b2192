import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../src/kernel/clock.js';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { StoreDatabase } from '../../src/testing/store-conformance.js';

/** A folder for one file, removed by `dispose`. */
export class SqliteDatabaseOfTest implements StoreDatabase {
  readonly folder = mkdtempSync(join(tmpdir(), 'skanu-store-'));
  readonly path = join(this.folder, 'data', 'store.db');

  store({ statementTimeoutMs: busyLimitMs } = { statementTimeoutMs: 10_000 }): SqliteStore {
    return new SqliteStore({ path: this.path, clock: systemClock, random: Math.random, busyLimitMs });
  }

  async execute(sql: string): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true });
    this.inspect((database) => database.exec(sql));
  }

  async whileUncommitted(sql: string, work: () => Promise<void>): Promise<void> {
    const other = new DatabaseSync(this.path, { timeout: 5_000 });
    try {
      other.exec(`BEGIN IMMEDIATE; ${sql}`);
      await work();
    } finally {
      other.close();
    }
  }

  /** Looks at the file on a connection of its own. */
  inspect<T>(look: (database: DatabaseSync) => T): T {
    const database = new DatabaseSync(this.path, { timeout: 5_000 });
    try {
      return look(database);
    } finally {
      database.close();
    }
  }

  /** Lets everybody read the file and nobody write it. */
  protect(): void {
    chmodSync(this.folder, 0o755);
    chmodSync(dirname(this.path), 0o555);
    chmodSync(this.path, 0o444);
  }

  async dispose(): Promise<void> {
    for (const folder of [this.folder, dirname(this.path)]) if (existsSync(folder)) chmodSync(folder, 0o755);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
