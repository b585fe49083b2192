import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ConnectionLostError,
  DeadlockError,
  PoolExhaustedError,
  StatementTimeoutError,
  StoreReadOnlyError,
  StoreUnavailableError,
} from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { connectionTarget } from '../../src/store/mariadb/connection-target.js';
import { MariadbDriver } from '../../src/store/mariadb/mariadb-driver.js';
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
import { commit, cup, cups, numbers, update } from '../../src/testing/store/store-samples.js';
import { noContainers, type ServerContainer } from '../containers/containers.js';
import { MARIADB_PASSWORD, mariadbUrl, startMariadb } from '../containers/mariadb.js';
import { until } from '../fixtures/until.js';
import { storeOptions } from './mariadb-database.js';
import { MariadbLab } from './mariadb-lab.js';

const skipped = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(`MariadbStore and the faults of its server${skipped}`, () => {
  let server: ServerContainer;
  let lab: MariadbLab;

  beforeAll(async () => {
    server = await startMariadb();
  }, 120_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    lab = await MariadbLab.on(server.port);
  });

  afterEach(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it('says DeadlockError when the server ends its plan, which wrote nothing', async () => {
    const store = await lab.open();
    await commit(store, cup(1, 1), cup(2, 2));
    await lab.database.inspect(async (other) => {
      // the server ends the one that has written less
      await other.query(
        `CREATE TABLE ballast (id INT); BEGIN; INSERT INTO ballast SELECT seq FROM seq_1_to_1000`,
      );
      await other.query('UPDATE cups SET qty = 10 WHERE id = 1');
      const changes = [update(cups, 2, 1, { qty: 20 }), update(cups, 1, 1, { qty: 20 })];
      const refused = commit(store, ...changes).catch((error: unknown) => error);
      await until(
        () => lab.waitingSessions(),
        (sessions) => sessions.length === 1,
      );
      await other.query('UPDATE cups SET qty = 10 WHERE id = 2');
      expect(await refused).toBeInstanceOf(DeadlockError);
      await other.query('COMMIT');
    });
    expect(await store.get(cups, 2)).toMatchObject({ version: 1, values: { qty: 10 } });
    await commit(store, update(cups, 1, 1, { qty: 3 }));
  });

  it('frees the rows of a client that is frozen in the middle of a transaction soon after its limit', async () => {
    const options = storeOptions(lab.database.url, { statementTimeoutMs: 1_000 });
    const frozen = new MariadbDriver(connectionTarget(options), options);
    const [store, locked, thawed] = [await lab.open(), new Latch(), new Latch()];
    await commit(store, cup(1, 1));
    await frozen.open();
    const late = frozen
      .transaction('freezing', async (transaction) => {
        await transaction.run([{ sql: 'SELECT 1 FROM cups WHERE id = 1 FOR UPDATE', parameters: [] }]);
        locked.open();
        await thawed.opened;
        await transaction.run([{ sql: 'DELETE FROM cups', parameters: [] }]);
      })
      .catch((error: unknown) => error);
    await locked.opened;
    const began = Date.now();
    await commit(store, update(cups, 1, 1, { qty: 2 }));
    expect(Date.now() - began).toBeLessThan(6_000);
    thawed.open();
    expect(await late).toBeInstanceOf(ConnectionLostError);
    expect(await store.count(cups, [])).toBe(1);
    await frozen.close();
  });

  it('says PoolExhaustedError when all connections stay in use, and goes on after', async () => {
    const store = await lab.open({ poolSize: 1, connectTimeoutMs: 2_000 });
    await commit(store, cup(1, 1));
    await lab.whileLocked(1, async (free) => {
      const late = commit(store, update(cups, 1, 1, { qty: 2 }));
      await until(
        () => lab.waitingSessions(),
        (sessions) => sessions.length === 1,
      );
      await expect(store.ping()).rejects.toThrow(PoolExhaustedError);
      await free();
      await late;
    });
    await store.ping();
  });

  it('says StatementTimeoutError when the server ends a statement that takes too long', async () => {
    const options = storeOptions(lab.database.url, { statementTimeoutMs: 500 });
    const driver = new MariadbDriver(connectionTarget(options), options);
    await driver.open();
    const slow = { sql: 'SELECT count(*) FROM seq_1_to_1000000 a JOIN seq_1_to_1000000 b', parameters: [] };
    await expect(driver.query('counting', slow)).rejects.toThrow(StatementTimeoutError);
    await driver.query('counting', { sql: 'SELECT ? AS one', parameters: [1] });
    await driver.close();
  });

  it('says ConnectionLostError when its session is ended in the middle of a plan, and goes on with another', async () => {
    const store = await lab.open();
    await commit(store, cup(1, 1));
    await lab.whileLocked(1, async () => {
      const lost = commit(store, cup(2), update(cups, 1, 1, { qty: 2 })).catch((error: unknown) => error);
      const [session] = await until(
        () => lab.waitingSessions(),
        (sessions) => sessions.length === 1,
      );
      await lab.database.execute(`KILL CONNECTION ${session!.id}`);
      expect(await lost).toBeInstanceOf(ConnectionLostError);
    });
    expect(await store.count(cups, [])).toBe(1);
    await commit(store, cup(2), update(cups, 1, 1, { qty: 2 }));
  });

  it('does not notice that idle sessions were ended', async () => {
    const store = await lab.open();
    await Promise.all(numbers(4).map((id) => commit(store, cup(id))));
    for (const { id } of await lab.sessions()) await lab.database.execute(`KILL CONNECTION ${id}`);
    await until(
      () => lab.sessions(),
      (left) => left.length === 0,
    );
    expect(await store.count(cups, [])).toBe(4);
    await store.ping();
  });

  it('rejects calls while the server is dead, and goes on by itself when it is back', async () => {
    const store = await lab.open({ connectTimeoutMs: 3_000 });
    await commit(store, cup(1));
    await server.kill();
    await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
    await expect(commit(store, cup(2))).rejects.toThrow(StoreUnavailableError);
    await server.start();
    await lab.untilAnswers(store);
    expect(await store.count(cups, [])).toBe(1);
    await commit(store, cup(2));
  });

  it('lets nobody wait for a server that is silent, and goes on by itself when it speaks again', async () => {
    const store = await lab.open({ connectTimeoutMs: 3_000, statementTimeoutMs: 2_000 });
    await commit(store, cup(1));
    await server.pause();
    try {
      const began = Date.now();
      const calls = [
        store.get(cups, 1),
        commit(store, cup(2)),
        store.ping(),
        store.leases.acquire('relay', 'a', 1_000),
      ];
      const answers = await Promise.allSettled(calls);
      expect(Date.now() - began).toBeLessThan(15_000);
      for (const answer of answers) {
        // those that found no connection may have waited for one of the others
        const reason = expect.toSatisfy(
          (error) => error instanceof StoreUnavailableError || error instanceof PoolExhaustedError,
        );
        expect(answer).toMatchObject({ status: 'rejected', reason });
      }
    } finally {
      await server.unpause();
    }
    await lab.untilAnswers(store);
    expect(await store.count(cups, [])).toBe(1);
  });

  it('says StoreReadOnlyError when the server takes no writes, reads on, and writes when it does again', async () => {
    const user = `reader_${lab.database.name}`;
    await lab.database.execute(
      `CREATE USER ${user} IDENTIFIED BY 'x'; GRANT ALL ON ${lab.database.name}.* TO ${user}`,
    );
    const store = await lab.open({ user, password: 'x' });
    await commit(store, cup(1));
    try {
      await lab.database.execute('SET GLOBAL read_only = ON');
      await expect(commit(store, cup(2))).rejects.toThrow(StoreReadOnlyError);
      await expect(store.ping()).rejects.toThrow(StoreReadOnlyError);
      expect(await store.count(cups, [])).toBe(1);
    } finally {
      await lab.database.execute('SET GLOBAL read_only = OFF');
    }
    await commit(store, cup(2));
    await store.close();
    await lab.database.execute(`DROP USER ${user}`);
  });

  it.each([
    ['a wrong password', { password: 'a wrong secret' }, 'DATABASE_PASSWORD'],
    ['a database that is not there', { url: 'missing' }, 'name of the database'],
    ['a port that nobody listens on', { url: 'closed' }, 'up and reachable'],
    ['the scheme of another server', { url: 'mysql' }, 'mariadb://'],
    [
      'TLS where it has none, or a certificate that nobody knows',
      { tls: { verify: true } },
      'DATABASE_TLS_CA',
    ],
    [
      'a certificate to check against an address',
      { url: 'address', tls: { verify: true } },
      'name of its host',
    ],
  ])(
    'refuses to open with %s, says what to do and no secret, and may be opened again',
    async (_what, wrong: Partial<SqlStoreOptions>, help) => {
      const urls: Record<string, string> = {
        missing: mariadbUrl(server.port, 'missing'),
        closed: mariadbUrl(1, lab.database.name),
        mysql: lab.database.url.replace('mariadb:', 'mysql:'),
        address: lab.database.url.replace('localhost', '127.0.0.1'),
      };
      const store = lab.unopened({ ...wrong, ...(wrong.url !== undefined && { url: urls[wrong.url]! }) });
      for (const _attempt of [1, 2]) {
        const error: unknown = await store.open().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StoreUnavailableError);
        expect(error).toMatchObject({ help: expect.stringContaining(help) });
        for (const secret of ['a wrong secret', MARIADB_PASSWORD, encodeURIComponent(MARIADB_PASSWORD)]) {
          expect(inspect(error, { depth: 9 })).not.toContain(secret);
        }
      }
      await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
    },
  );
});
