import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  ConnectionLostError,
  DeadlockError,
  PoolExhaustedError,
  SchemaDiffersError,
  StatementTimeoutError,
  StoreBusyError,
  StoreFailedError,
  StoreReadOnlyError,
  StoreUnavailableError,
  type UniqueViolationError,
  UnstorableValueError,
} from '../../src/kernel/errors/store-errors.js';
import { postgresDialect } from '../../src/store/postgres/postgres-dialect.js';
import { PostgresDriver } from '../../src/store/postgres/postgres-driver.js';
import type { PostgresStore } from '../../src/store/postgres/postgres-store.js';
import { postgresTarget } from '../../src/store/postgres/postgres-target.js';
import {
  column,
  commit,
  cup,
  cups,
  event,
  eventIds,
  everything,
  insert,
  mark,
  numbers,
  plan,
  record,
  tableOf,
  update,
} from '../../src/testing/store/store-samples.js';
import { noContainers, type ServerContainer } from '../containers/containers.ts';
import { POSTGRES_PASSWORD } from '../containers/postgres.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { failureOf } from '../fixtures/failure-of.ts';
import { until } from '../fixtures/until.ts';
import { PostgresBench } from './postgres-bench.ts';
import { asAdmin } from './postgres-database.ts';

const skipped = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(`PostgresStore and the faults of its server${skipped}`, () => {
  const bench = new PostgresBench();

  /** Runs `work` while another client keeps a row of the cups locked. */
  async function whileLocked(id: number, work: (free: () => Promise<void>) => Promise<void>): Promise<void> {
    await bench.database.inspect(async (other) => {
      await other.query(`BEGIN; UPDATE cups SET qty = 99 WHERE id = ${id}`);
      await work(async () => {
        await other.query('ROLLBACK');
      });
    });
  }

  async function terminate(pids: readonly number[]): Promise<void> {
    await asAdmin(bench.server.port, (admin) =>
      admin.query('SELECT pg_terminate_backend(unnest($1::int[]))', [pids]),
    );
    await until(
      () => bench.sessions('all'),
      (left) => !left.some((pid) => pids.includes(pid)),
    );
  }

  async function asOwner(sql: string): Promise<void> {
    await asAdmin(bench.server.port, (admin) => admin.query(sql));
  }

  const answers = (store: PostgresStore) =>
    store.ping().then(
      () => true,
      () => false,
    );

  describe('what the server refuses', () => {
    it('names the columns that collide', async () => {
      const store = await bench.open();
      const table = {
        ...cups,
        name: 'shelves',
        indexes: [...cups.indexes, { columns: ['qty', 'name'], unique: true }],
      };
      const both = { ...table, indexes: table.indexes.slice(1) };
      await store.ensureTables([both]);
      await commit(store, cup(1, 1), cup(2, 2), insert(both, 1, { name: 'a', qty: 1 }));
      const refused = (change: Parameters<typeof commit>[1]) =>
        commit(store, change).catch((error: UniqueViolationError) => error.message);
      expect(await refused(insert(cups, 3, { name: 'cup 1' }))).toBe(
        'cups already has a row with the same name',
      );
      expect(await refused(update(cups, 2, 1, { name: 'cup 1' }))).toContain('same name');
      expect(await refused(insert(cups, 1, { name: 'other' }))).toContain('same id');
      expect(await refused(insert(both, 2, { name: 'a', qty: 1 }))).toContain('same qty, name');
    });

    it('refuses a value that is too long for an index, and names its column', async () => {
      const store = await bench.open();
      const long = Array.from({ length: 9_000 }, () => Math.random().toString(36)).join('');
      const refused = commit(store, insert(cups, 1, { name: long }));
      await expect(refused).rejects.toThrow(UnstorableValueError);
      await expect(refused).rejects.toMatchObject({ column: 'name' });
    });

    it('refuses names that the server would cut', async () => {
      const store = await bench.open();
      await expect(store.ensureTables([{ ...cups, name: 'é'.repeat(32) }])).rejects.toThrow(StoreFailedError);
      await store.ensureTables([{ ...cups, name: `${'é'.repeat(31)}e` }]);
    });

    it('ends a plan that waits for another in a circle, and nothing of it is written', async () => {
      // it looks for a circle only once, so late that the circle is there by then
      await asOwner(`ALTER USER ${bench.database.user} SET deadlock_timeout = '2s'`);
      const store = await bench.open();
      await commit(store, cup(1), cup(2));
      await asAdmin(bench.server.port, async (other) => {
        await other.query(`SET search_path = ${bench.database.user}; SET deadlock_timeout = '1min'`);
        await other.query('BEGIN; UPDATE cups SET qty = 1 WHERE id = 1');
        const refused = failureOf(
          commit(store, update(cups, 2, 1, { qty: 2 }), update(cups, 1, 1, { qty: 2 })),
        );
        await bench.waiting(1);
        await other.query('UPDATE cups SET qty = 1 WHERE id = 2');
        expect(await refused).toBeInstanceOf(DeadlockError);
        await other.query('ROLLBACK');
      });
      expect((await store.get(cups, 2))?.version).toBe(1);
      await commit(store, update(cups, 2, 1, { qty: 2 }));
    });

    it('ends a statement that takes too long, and the connection is good for more', async () => {
      const options = bench.database.options({ statementTimeoutMs: 500 });
      const driver = new PostgresDriver({ ...options, target: postgresTarget(options) });
      await driver.open();
      const slow = { sql: 'SELECT pg_sleep(60)', parameters: [] };
      await expect(driver.query('sleeping', slow)).rejects.toThrow(StatementTimeoutError);
      expect(await bench.sessions('all')).toHaveLength(1);
      await driver.query('counting', { sql: 'SELECT 1', parameters: [] });
      await driver.close();
    });

    it('can be read while it is read-only, and says StoreReadOnlyError to writes and pings', async () => {
      const store = await bench.open();
      await commit(store, cup(1));
      await asOwner(`ALTER USER ${bench.database.user} SET default_transaction_read_only = on`);
      await terminate(await bench.sessions('all'));
      await expect(commit(store, cup(2))).rejects.toThrow(StoreReadOnlyError);
      await expect(store.ping()).rejects.toThrow(StoreReadOnlyError);
      await expect(store.reserveIds(cups, 1)).rejects.toThrow(StoreReadOnlyError);
      expect(await store.count(cups, [])).toBe(1);
      await asOwner(`ALTER USER ${bench.database.user} RESET default_transaction_read_only`);
      // the sessions that it has are read-only for ever, as those to a primary that is none any more
      await until(
        () => answers(store),
        (isBack) => isBack,
      );
      await commit(store, cup(2));
    });

    it('goes on after a person has changed a column under it', async () => {
      const store = await bench.open({ poolSize: 1 });
      await commit(store, cup(1, 5));
      await store.get(cups, 1);
      await bench.database.execute('ALTER TABLE cups ALTER COLUMN qty TYPE integer');
      // what the connection has prepared does not fit any more
      await expect(store.get(cups, 1)).rejects.toThrow(ConnectionLostError);
      expect((await store.get(cups, 1))?.values['qty']).toBe(5);
    });

    it.each([
      ['a wrong password', { password: 'a wrong secret' }],
      ['a user that is not there', { user: 'nobody' }],
      ['a database that is not there', { url: 'missing' }],
      ['a port that nobody listens on', { url: 'closed' }],
    ])('refuses to open with %s, tells no secret, and may be opened again', async (_what, wrong) => {
      const urls: Record<string, string> = {
        missing: `postgres://localhost:${bench.server.port}/missing`,
        closed: 'postgres://localhost:1/skanu',
      };
      const store = bench.unopened('url' in wrong ? { url: urls[wrong.url]! } : wrong);
      for (const _attempt of [1, 2]) {
        const error: unknown = await store.open().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StoreUnavailableError);
        for (const secret of ['a wrong secret', POSTGRES_PASSWORD]) {
          expect(inspect(error, { depth: 9 })).not.toContain(secret);
        }
      }
      await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
    });
  });

  describe('connections', () => {
    it('are encrypted where that is asked for, and made with no server whose certificate can not be checked', async () => {
      const ca = await encrypt(bench.server);
      const store = await bench.open({ tls: { ca, verify: true } });
      await commit(store, cup(1));
      const encrypted = await asAdmin(bench.server.port, (admin) =>
        admin.query('SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = $1', [
          bench.database.user,
        ]),
      );
      expect(encrypted.rows).toEqual([{ ssl: true }]);
      await expect(bench.unopened({ tls: { verify: true } }).open()).rejects.toThrow(StoreUnavailableError);
      await expect(
        bench
          .unopened({ url: `postgres://127.0.0.1:${bench.server.port}/skanu`, tls: { ca, verify: true } })
          .open(),
      ).rejects.toThrow(StoreUnavailableError);
      await bench.unopened({ tls: { verify: false } }).open();
    });

    it('says ConnectionLostError when its session is ended in the middle of a plan, and goes on with another', async () => {
      const store = await bench.open();
      await commit(store, cup(1, 1));
      await whileLocked(1, async () => {
        const lost = failureOf(commit(store, cup(2), update(cups, 1, 1, { qty: 2 })));
        await terminate(await bench.waiting(1));
        expect(await lost).toBeInstanceOf(ConnectionLostError);
      });
      expect(await store.count(cups, [])).toBe(1);
      await commit(store, cup(2), update(cups, 1, 1, { qty: 2 }));
    });

    it('does not notice that idle sessions were ended', async () => {
      const store = await bench.open();
      await Promise.all(numbers(5).map((id) => commit(store, cup(id))));
      await terminate(await bench.sessions('all'));
      expect(await store.count(cups, [])).toBe(5);
      await Promise.all(numbers(5).map(() => store.ping()));
    });

    it('says PoolExhaustedError when all connections stay in use, and goes on after', async () => {
      const store = await bench.open({ poolSize: 1, connectTimeoutMs: 500 });
      await commit(store, cup(1, 1));
      await whileLocked(1, async (free) => {
        const late = commit(store, update(cups, 1, 1, { qty: 2 }));
        await bench.waiting(1);
        await expect(store.ping()).rejects.toThrow(PoolExhaustedError);
        await free();
        await late;
      });
      await store.ping();
    });

    it('has no more of them than poolSize and one for notifications, and closes those that are idle', async () => {
      const store = await bench.open({ poolSize: 3, idleTimeoutMs: 300 });
      store.outbox.onAppended(() => {});
      await Promise.all(
        numbers(40).map((id) => store.commit(plan({ changes: [cup(id)], events: [event(`e${id}`)] }))),
      );
      expect((await bench.sessions('all')).length).toBeLessThanOrEqual(4);
      await until(
        () => bench.sessions('all'),
        (pids) => pids.length === 1,
      );
      expect(await store.count(cups, [])).toBe(40);
    });

    it('leaves none behind when it is closed, or could not be opened', async () => {
      const store = await bench.open();
      store.outbox.onAppended(() => {});
      await store.close();
      await bench.database.execute('INSERT INTO skanu_migrations (number, applied_at) VALUES (1000, 0)');
      await expect(bench.unopened().open()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        help: expect.stringContaining('1000'),
      });
      await until(
        () => bench.sessions('all'),
        (pids) => pids.length === 0,
      );
    });

    it('hears of commits of others again after its notifications were cut off', async () => {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const heard: string[] = [];
      reader.outbox.onAppended(() => {
        void eventIds(reader).then((ids) => heard.push(...ids));
      });
      await writer.commit(plan({ events: [event('a')] }));
      await until(
        () => heard,
        (ids) => ids.includes('a'),
      );
      await terminate(await bench.sessions('all'));
      await writer.commit(plan({ events: [event('b')] }));
      await until(
        () => heard,
        (ids) => ids.includes('b'),
      );
      await writer.commit(plan({ events: [event('c')] }));
      await until(
        () => heard,
        (ids) => ids.includes('c'),
      );
    });
  });

  describe('a server that goes away', () => {
    it('rejects calls while the server is dead, and goes on by itself when it is back', async () => {
      const store = await bench.open({ connectTimeoutMs: 1_000 });
      await commit(store, cup(1));
      await bench.server.kill();
      await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
      await expect(commit(store, cup(2))).rejects.toThrow(StoreUnavailableError);
      await bench.server.start();
      await until(
        () => answers(store),
        (isBack) => isBack,
        25_000,
      );
      expect(await store.count(cups, [])).toBe(1);
      await commit(store, cup(2));
    });

    it('lets nobody wait for a server that is silent, and goes on by itself when it speaks again', async () => {
      const store = await bench.open({ connectTimeoutMs: 1_000, statementTimeoutMs: 1_000 });
      await commit(store, cup(1));
      await bench.server.pause();
      try {
        const began = Date.now();
        const calls = [
          store.get(cups, 1),
          store.ping(),
          store.leases.acquire('relay', 'a', 1_000),
          ...numbers(20).map(() => store.ping()),
        ];
        const rejections = await Promise.allSettled(calls);
        expect(Date.now() - began).toBeLessThan(8_000);
        for (const rejection of rejections) {
          // those that found no connection may have waited for one of the others
          const reason = expect.toSatisfy(
            (error) => error instanceof StoreUnavailableError || error instanceof PoolExhaustedError,
          );
          expect(rejection).toMatchObject({ status: 'rejected', reason });
        }
      } finally {
        await bench.server.unpause();
      }
      await until(
        () => answers(store),
        (isBack) => isBack,
      );
      expect(await store.count(cups, [])).toBe(1);
    });

    it('closes in bounded time although the server is silent', async () => {
      const store = await bench.open({ connectTimeoutMs: 1_000, statementTimeoutMs: 1_000 });
      await Promise.all(numbers(5).map(() => store.ping()));
      await bench.server.pause();
      try {
        const began = Date.now();
        await store.close();
        expect(Date.now() - began).toBeLessThan(5_000);
      } finally {
        await bench.server.unpause();
      }
    });
  });

  describe('what happens at the same time', () => {
    it('lets ten stores open an empty database and make its tables at once', async () => {
      const stores = numbers(10).map(() => bench.unopened({ poolSize: 2 }));
      await Promise.all(
        stores.map(async (store) => {
          await store.open();
          await store.ensureTables([cups, tableOf('json')]);
        }),
      );
      await Promise.all(stores.map((store, place) => commit(store, cup(place + 1))));
      expect(await stores[0]!.count(cups, [])).toBe(10);
    });

    it('changes a table that others read as soon as it can, and lets those who come later read it first', async () => {
      const [store, other] = [await bench.open(), await bench.open()];
      await commit(store, cup(1));
      await bench.database.inspect(async (reader) => {
        await reader.query('BEGIN; SELECT * FROM cups');
        const more = { ...cups, columns: [...cups.columns, column('note', 'text', true)] };
        const changed = store.ensureTables([more]);
        await bench.waiting(1);
        expect((await other.get(cups, 1))?.version).toBe(1);
        await reader.query('ROLLBACK');
        await changed;
        await commit(store, insert(more, 2, { name: 'a', note: 'new' }));
      });
    });

    it('waits for the turn of another process that makes tables for longer than for anything else', async () => {
      const store = await bench.open({ statementTimeoutMs: 500 });
      await commit(store, cup(1));
      await bench.database.inspect(async (maker) => {
        const { sql, parameters } = postgresDialect.locks.schema.acquire[1]!;
        await maker.query('BEGIN');
        await maker.query(sql, [...parameters]);
        const made = store.ensureTables([tableOf('text')]);
        await bench.waiting(1);
        await whileLocked(1, async () => {
          await expect(commit(store, update(cups, 1, 1, { qty: 2 }))).rejects.toThrow(StoreBusyError);
        });
        await maker.query('ROLLBACK');
        await made;
      });
    });

    it('reads an event whose plan is committed late, although later ones were read before', async () => {
      const store = await bench.open();
      await bench.database.inspect(async (late) => {
        await late.query(
          `BEGIN; INSERT INTO skanu_outbox (event_id, topic, headers, value, committed_at) VALUES ('late', 't', '{}', '', 0)`,
        );
        await store.commit(plan({ events: [event('early')] }));
        expect(await eventIds(store)).toEqual(['early']);
        await late.query('COMMIT');
      });
      expect(await eventIds(store)).toEqual(['late', 'early']);
    });

    it('puts the events of plans that change the same row in the order of the changes', async () => {
      const store = await bench.open();
      await commit(store, cup(1), cup(2));
      await whileLocked(1, async (free) => {
        // begun first, and changes the row of the other last
        const second = store.commit(
          plan({
            changes: [update(cups, 1, 1, { qty: 1 }), update(cups, 2, 2, { qty: 2 })],
            events: [event('second')],
          }),
        );
        await bench.waiting(1);
        await store.commit(plan({ changes: [update(cups, 2, 1, { qty: 1 })], events: [event('first')] }));
        await free();
        await second;
      });
      expect(await eventIds(store)).toEqual(['first', 'second']);
    });

    it('does not park a record that is being handled at that moment', async () => {
      const store = await bench.open();
      await commit(store, cup(1));
      await whileLocked(1, async (free) => {
        const handled = store.commit(
          plan({ changes: [update(cups, 1, 1, { qty: 1 })], inbox: mark('m', 'k') }),
        );
        await bench.waiting(1);
        const parked = store.parking.park(record('m', 'k'));
        await bench.waiting(2);
        await free();
        expect((await handled).kind).toBe('committed');
        expect(await parked).toBe(false);
      });
      expect(await store.parking.count()).toBe(0);
    });

    it('lets records of one key be handled side by side with those of another that is being parked', async () => {
      const store = await bench.open();
      await commit(store, cup(1));
      await whileLocked(1, async (free) => {
        const handled = store.commit(
          plan({ changes: [update(cups, 1, 1, { qty: 1 })], inbox: mark('m', 'k') }),
        );
        await bench.waiting(1);
        expect(await store.parking.park(record('n', 'other'))).toBe(true);
        expect((await store.commit(plan({ inbox: mark('o', 'k') }))).kind).toBe('committed');
        await free();
        await handled;
      });
    });
  });

  it('a call that a plan is about to keep holds up nobody who looks for calls to undo', async () => {
    const store = await bench.open();
    for (const id of ['kept', 'lost'])
      await store.intents.open({ id, operation: 'payment.approve', holdMs: 0 });
    const due = async () => (await store.intents.due(10, 60_000)).map(({ id }) => id);
    await bench.database.whileUncommitted(`DELETE FROM skanu_calls WHERE id = 'kept'`, async () => {
      expect(await due()).toEqual(['lost']);
    });
    // the plan has failed
    expect(await due()).toEqual(['kept']);
  });

  it('brings the tables of an older version to the newest', async () => {
    const statements = bench.unopened().schemaSql([]);
    const older =
      statements.findIndex((statement) => statement.startsWith('INSERT INTO skanu_migrations')) + 1;
    for (const statement of statements.slice(0, older)) await bench.database.execute(statement);
    await expect(bench.unopened({ schema: 'verify' }).open()).rejects.toMatchObject({
      differences: statements.slice(older).map((statement) => expect.objectContaining({ statement })),
    });
    const store = await bench.open();
    await store.intents.open({ id: 'call', operation: 'payment.approve', holdMs: 0 });
    await bench.unopened({ schema: 'verify' }).open();
  });

  it('with verify, changes nothing, and is content with what schemaSql says', async () => {
    const store = bench.unopened({ schema: 'verify' });
    await expect(store.open()).rejects.toThrow(SchemaDiffersError);
    const all = [cups, tableOf('bigint')];
    const { rowCount } = await bench.database.inspect((other) =>
      other.query('SELECT 1 FROM pg_tables WHERE schemaname = current_schema()'),
    );
    expect(rowCount).toBe(0);
    for (const statement of store.schemaSql(all)) await bench.database.execute(statement);
    await store.open();
    await store.ensureTables(all);
    const missing = { ...cups, name: 'saucers' };
    const refused = store.ensureTables([missing]);
    await expect(refused).rejects.toThrow(SchemaDiffersError);
    await expect(store.select(missing, everything)).rejects.toThrow(StoreFailedError);
    const { differences } = (await refused.catch((error: unknown) => error)) as SchemaDiffersError;
    for (const { statement } of differences) await bench.database.execute(statement);
    await store.ensureTables([missing]);
  });
});

/** Gives the server a certificate for `localhost`, and lets it use it. */
async function encrypt({ container, port }: ServerContainer): Promise<string> {
  using folder = temporaryFolder();
  const openssl =
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost';
  execFileSync('openssl', [...openssl.split(' '), '-keyout', 'key.pem', '-out', 'cert.pem'], {
    cwd: folder.path,
    stdio: 'pipe',
  });
  const [key, certificate] = ['key.pem', 'cert.pem'].map((file) =>
    readFileSync(join(folder.path, file), 'utf8'),
  );
  await container.copyContentToContainer([
    { content: key!, target: '/tmp/copied.pem', mode: 0o644 },
    { content: certificate!, target: '/tmp/cert.pem', mode: 0o644 },
  ]);
  // the server takes no key but one of its own
  await container.exec(['sh', '-c', 'umask 077 && cat /tmp/copied.pem > /tmp/key.pem'], { user: 'postgres' });
  await asAdmin(port, async (admin) => {
    await admin.query(`ALTER SYSTEM SET ssl_key_file = '/tmp/key.pem'`);
    await admin.query(`ALTER SYSTEM SET ssl_cert_file = '/tmp/cert.pem'`);
    await admin.query('ALTER SYSTEM SET ssl = on');
    await admin.query('SELECT pg_reload_conf()');
  });
  const isOn = () =>
    asAdmin(port, async (admin) => {
      const { rows } = await admin.query<{ ssl: string }>('SHOW ssl');
      return rows[0]!.ssl;
    });
  await until(isOn, (ssl) => ssl === 'on');
  return certificate!;
}
