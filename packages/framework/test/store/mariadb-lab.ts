import { setTimeout as sleep } from 'node:timers/promises';
import type { MariadbStore } from '../../src/store/mariadb/mariadb-store.js';
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
import { cups } from '../../src/testing/store/store-samples.js';
import { mariadbUrl } from '../containers/mariadb.js';
import { type TcpProxy, startTcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';
import { MariadbDatabaseOfTest } from './mariadb-database.js';

/** A database for one test, the stores on it, and other clients that stand in their way. */
export class MariadbLab implements AsyncDisposable {
  readonly #opened: MariadbStore[] = [];
  readonly #proxies: TcpProxy[] = [];

  static async on(port: number): Promise<MariadbLab> {
    return new MariadbLab(await MariadbDatabaseOfTest.on(port));
  }

  private constructor(readonly database: MariadbDatabaseOfTest) {}

  /** A store that is closed with the lab. */
  unopened(options?: Partial<SqlStoreOptions>): MariadbStore {
    const store = this.database.store(options);
    this.#opened.push(store);
    return store;
  }

  /** A store with the cups. */
  async open(options?: Partial<SqlStoreOptions>): Promise<MariadbStore> {
    const store = this.unopened(options);
    await store.open();
    await store.ensureTables([cups]);
    return store;
  }

  /** A store with the cups, and the proxy between it and the server. */
  async openThroughProxy(
    options?: Partial<SqlStoreOptions>,
  ): Promise<{ store: MariadbStore; proxy: TcpProxy }> {
    const proxy = await startTcpProxy(this.database.port);
    this.#proxies.push(proxy);
    const store = await this.open({ url: mariadbUrl(proxy.port, this.database.name), ...options });
    return { store, proxy };
  }

  /** Runs `work` while another client keeps a row of the cups locked. */
  async whileLocked(id: number, work: (free: () => Promise<void>) => Promise<void>): Promise<void> {
    await this.database.inspect(async (other) => {
      await other.query(`BEGIN; UPDATE cups SET qty = 99 WHERE id = ${id}`);
      await work(async () => {
        await other.query('ROLLBACK');
      });
    });
  }

  /** The sessions on the database that wait for a lock. */
  waitingSessions(): Promise<{ id: number }[]> {
    return this.database.inspect(async (other) => {
      // the server looks anew only when nobody has asked for a tenth of a second
      await sleep(150);
      const [rows] = await other.query(
        `SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx JOIN information_schema.processlist p
          ON p.id = trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND p.db = '${this.database.name}'`,
      );
      return rows as { id: number }[];
    });
  }

  /** Waits until the store works again. */
  async untilAnswers(store: MariadbStore): Promise<void> {
    const answers = () =>
      store.ping().then(
        () => true,
        () => false,
      );
    await until(answers, (isBack) => isBack, 25_000);
  }

  /** The sessions on the database but the one that asks; those in a state only, if one is given. */
  sessions(state = '%'): Promise<{ id: number }[]> {
    return this.database.inspect(async (other) => {
      const [rows] = await other.query(
        `SELECT id FROM information_schema.processlist WHERE db = '${this.database.name}'
          AND id <> connection_id() AND coalesce(state, '') LIKE '${state}'`,
      );
      return rows as { id: number }[];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((store) => store.close()));
    await Promise.all(this.#proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    await this.database.dispose();
  }
}
