import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/kernel/clock.js';
import {
  CommitUnknownError,
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
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
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
import { POSTGRES_PASSWORD, startPostgres } from '../containers/postgres.ts';
import { type ProxyVerdict, startTcpProxy, type TcpProxy } from '../fixtures/tcp-proxy.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { until } from '../fixtures/until.ts';
import { asAdmin, PostgresDatabaseOfTest } from './postgres-database.ts';

const skipped = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(`PostgresStore and the faults of its server${skipped}`, () => {
  let server: ServerContainer;
  let database: PostgresDatabaseOfTest;
  const opened: PostgresStore[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);

  afterAll(() => server?.[Symbol.asyncDispose]());

  beforeEach(async () => {
    database = await PostgresDatabaseOfTest.make(server.port);
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await database.dispose();
  });

  function unopened(options?: Partial<SqlStoreOptions>): PostgresStore {
    const store = database.store(options);
    opened.push(store);
    return store;
  }

  async function open(options?: Partial<SqlStoreOptions>): Promise<PostgresStore> {
    const store = unopened(options);
    await store.open();
    await store.ensureTables([cups]);
    return store;
  }

  /** Runs `work` while another client keeps a row of the cups locked. */
  async function whileLocked(id: number, work: (free: () => Promise<void>) => Promise<void>): Promise<void> {
    await database.inspect(async (other) => {
      await other.query(`BEGIN; UPDATE cups SET qty = 99 WHERE id = ${id}`);
      await work(async () => {
        await other.query('ROLLBACK');
      });
    });
  }

  /** The sessions of the store, those that wait for a lock or all. */
  function sessions(which: 'waiting' | 'all'): Promise<number[]> {
    return asAdmin(server.port, async (admin) => {
      const condition = which === 'waiting' ? `AND wait_event_type = 'Lock'` : '';
      const { rows } = await admin.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE usename = $1 AND application_name = 'skanu' ${condition}`,
        [database.user],
      );
      return rows.map(({ pid }) => pid);
    });
  }

  const waiting = (count: number) =>
    until(
      () => sessions('waiting'),
      (pids) => pids.length === count,
    );

  async function terminate(pids: readonly number[]): Promise<void> {
    await asAdmin(server.port, (admin) =>
      admin.query('SELECT pg_terminate_backend(unnest($1::int[]))', [pids]),
    );
    await until(
      () => sessions('all'),
      (left) => !left.some((pid) => pids.includes(pid)),
    );
  }

  async function asOwner(sql: string): Promise<void> {
    await asAdmin(server.port, (admin) => admin.query(sql));
  }

  const answers = (store: PostgresStore) =>
    store.ping().then(
      () => true,
      () => false,
    );

  describe('what the server refuses', () => {
    it('names the columns that collide', async () => {
      const store = await open();
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
      const store = await open();
      const long = Array.from({ length: 9_000 }, () => Math.random().toString(36)).join('');
      const refused = commit(store, insert(cups, 1, { name: long }));
      await expect(refused).rejects.toThrow(UnstorableValueError);
      await expect(refused).rejects.toMatchObject({ column: 'name' });
    });

    it('refuses names that the server would cut', async () => {
      const store = await open();
      await expect(store.ensureTables([{ ...cups, name: 'é'.repeat(32) }])).rejects.toThrow(StoreFailedError);
      await store.ensureTables([{ ...cups, name: `${'é'.repeat(31)}e` }]);
    });

    it('ends a plan that waits for another in a circle, and nothing of it is written', async () => {
      // it looks for a circle only once, so late that the circle is there by then
      await asOwner(`ALTER USER ${database.user} SET deadlock_timeout = '2s'`);
      const store = await open();
      await commit(store, cup(1), cup(2));
      await asAdmin(server.port, async (other) => {
        await other.query(`SET search_path = ${database.user}; SET deadlock_timeout = '1min'`);
        await other.query('BEGIN; UPDATE cups SET qty = 1 WHERE id = 1');
        const refused = failureOf(
          commit(store, update(cups, 2, 1, { qty: 2 }), update(cups, 1, 1, { qty: 2 })),
        );
        await waiting(1);
        await other.query('UPDATE cups SET qty = 1 WHERE id = 2');
        expect(await refused).toBeInstanceOf(DeadlockError);
        await other.query('ROLLBACK');
      });
      expect((await store.get(cups, 2))?.version).toBe(1);
      await commit(store, update(cups, 2, 1, { qty: 2 }));
    });

    it('ends a statement that takes too long, and the connection is good for more', async () => {
      const options = database.options({ statementTimeoutMs: 500 });
      const driver = new PostgresDriver({ ...options, target: postgresTarget(options) });
      await driver.open();
      const slow = { sql: 'SELECT pg_sleep(60)', parameters: [] };
      await expect(driver.query('sleeping', slow)).rejects.toThrow(StatementTimeoutError);
      expect(await sessions('all')).toHaveLength(1);
      await driver.query('counting', { sql: 'SELECT 1', parameters: [] });
      await driver.close();
    });

    it('can be read while it is read-only, and says StoreReadOnlyError to writes and pings', async () => {
      const store = await open();
      await commit(store, cup(1));
      await asOwner(`ALTER USER ${database.user} SET default_transaction_read_only = on`);
      await terminate(await sessions('all'));
      await expect(commit(store, cup(2))).rejects.toThrow(StoreReadOnlyError);
      await expect(store.ping()).rejects.toThrow(StoreReadOnlyError);
      await expect(store.reserveIds(cups, 1)).rejects.toThrow(StoreReadOnlyError);
      expect(await store.count(cups, [])).toBe(1);
      await asOwner(`ALTER USER ${database.user} RESET default_transaction_read_only`);
      // the sessions that it has are read-only for ever, as those to a primary that is none any more
      await until(
        () => answers(store),
        (isBack) => isBack,
      );
      await commit(store, cup(2));
    });

    it('goes on after a person has changed a column under it', async () => {
      const store = await open({ poolSize: 1 });
      await commit(store, cup(1, 5));
      await store.get(cups, 1);
      await database.execute('ALTER TABLE cups ALTER COLUMN qty TYPE integer');
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
        missing: `postgres://localhost:${server.port}/missing`,
        closed: 'postgres://localhost:1/skanu',
      };
      const store = unopened('url' in wrong ? { url: urls[wrong.url]! } : wrong);
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
      const ca = await encrypt(server);
      const store = await open({ tls: { ca, verify: true } });
      await commit(store, cup(1));
      const encrypted = await asAdmin(server.port, (admin) =>
        admin.query('SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = $1', [
          database.user,
        ]),
      );
      expect(encrypted.rows).toEqual([{ ssl: true }]);
      await expect(unopened({ tls: { verify: true } }).open()).rejects.toThrow(StoreUnavailableError);
      await expect(
        unopened({ url: `postgres://127.0.0.1:${server.port}/skanu`, tls: { ca, verify: true } }).open(),
      ).rejects.toThrow(StoreUnavailableError);
      await unopened({ tls: { verify: false } }).open();
    });

    it('says ConnectionLostError when its session is ended in the middle of a plan, and goes on with another', async () => {
      const store = await open();
      await commit(store, cup(1, 1));
      await whileLocked(1, async () => {
        const lost = failureOf(commit(store, cup(2), update(cups, 1, 1, { qty: 2 })));
        await terminate(await waiting(1));
        expect(await lost).toBeInstanceOf(ConnectionLostError);
      });
      expect(await store.count(cups, [])).toBe(1);
      await commit(store, cup(2), update(cups, 1, 1, { qty: 2 }));
    });

    it('does not notice that idle sessions were ended', async () => {
      const store = await open();
      await Promise.all(numbers(5).map((id) => commit(store, cup(id))));
      await terminate(await sessions('all'));
      expect(await store.count(cups, [])).toBe(5);
      await Promise.all(numbers(5).map(() => store.ping()));
    });

    it('says PoolExhaustedError when all connections stay in use, and goes on after', async () => {
      const store = await open({ poolSize: 1, connectTimeoutMs: 500 });
      await commit(store, cup(1, 1));
      await whileLocked(1, async (free) => {
        const late = commit(store, update(cups, 1, 1, { qty: 2 }));
        await waiting(1);
        await expect(store.ping()).rejects.toThrow(PoolExhaustedError);
        await free();
        await late;
      });
      await store.ping();
    });

    it('has no more of them than poolSize and one for notifications, and closes those that are idle', async () => {
      const store = await open({ poolSize: 3, idleTimeoutMs: 300 });
      store.outbox.onAppended(() => {});
      await Promise.all(
        numbers(40).map((id) => store.commit(plan({ changes: [cup(id)], events: [event(`e${id}`)] }))),
      );
      expect((await sessions('all')).length).toBeLessThanOrEqual(4);
      await until(
        () => sessions('all'),
        (pids) => pids.length === 1,
      );
      expect(await store.count(cups, [])).toBe(40);
    });

    it('leaves none behind when it is closed, or could not be opened', async () => {
      const store = await open();
      store.outbox.onAppended(() => {});
      await store.close();
      await database.execute('INSERT INTO skanu_migrations (number, applied_at) VALUES (1000, 0)');
      await expect(unopened().open()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        help: expect.stringContaining('1000'),
      });
      await until(
        () => sessions('all'),
        (pids) => pids.length === 0,
      );
    });

    it('hears of commits of others again after its notifications were cut off', async () => {
      const [writer, reader] = [await open(), await open()];
      const heard: string[] = [];
      reader.outbox.onAppended(() => {
        void eventIds(reader).then((ids) => heard.push(...ids));
      });
      await writer.commit(plan({ events: [event('a')] }));
      await until(
        () => heard,
        (ids) => ids.includes('a'),
      );
      await terminate(await sessions('all'));
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
      const store = await open({ connectTimeoutMs: 1_000 });
      await commit(store, cup(1));
      await server.kill();
      await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
      await expect(commit(store, cup(2))).rejects.toThrow(StoreUnavailableError);
      await server.start();
      await until(
        () => answers(store),
        (isBack) => isBack,
        25_000,
      );
      expect(await store.count(cups, [])).toBe(1);
      await commit(store, cup(2));
    });

    it('lets nobody wait for a server that is silent, and goes on by itself when it speaks again', async () => {
      const store = await open({ connectTimeoutMs: 1_000, statementTimeoutMs: 1_000 });
      await commit(store, cup(1));
      await server.pause();
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
        await server.unpause();
      }
      await until(
        () => answers(store),
        (isBack) => isBack,
      );
      expect(await store.count(cups, [])).toBe(1);
    });

    it('closes in bounded time although the server is silent', async () => {
      const store = await open({ connectTimeoutMs: 1_000, statementTimeoutMs: 1_000 });
      await Promise.all(numbers(5).map(() => store.ping()));
      await server.pause();
      try {
        const began = Date.now();
        await store.close();
        expect(Date.now() - began).toBeLessThan(5_000);
      } finally {
        await server.unpause();
      }
    });
  });

  describe('when the answer to COMMIT is lost', () => {
    let proxy: TcpProxy;

    beforeEach(async () => {
      proxy = await startTcpProxy(server.port);
    });

    afterEach(() => proxy[Symbol.asyncDispose]());

    /** A store whose next COMMIT meets that fate. */
    async function doomed(
      verdict: Exclude<ProxyVerdict, 'pass'>,
      options?: Partial<SqlStoreOptions>,
    ): Promise<PostgresStore> {
      const store = await open({ url: `postgres://localhost:${proxy.port}/skanu`, ...options });
      await commit(store, cup(100), cup(101));
      proxy.judge = (bytes) => {
        if (!bytes.includes('COMMIT')) return 'pass';
        proxy.judge = () => 'pass';
        return verdict;
      };
      return store;
    }

    const inserting = (id: number) => [cup(id)];
    const updating = (id: number) => [cup(id), update(cups, 100, 1, { qty: id })];

    // COMMIT goes along with the first, and follows the second
    it.each([
      ['inserts', inserting],
      ['updates', updating],
    ])('a plan that has happened resolves (%s)', async (_what, changes) => {
      const store = await doomed('cut after');
      const outcome = await store.commit(plan({ changes: changes(1), events: [event('a')] }));
      expect(outcome.kind).toBe('committed');
      expect(await store.count(cups, [])).toBe(3);
      expect(await eventIds(store)).toEqual(['a']);
    });

    it.each([
      ['inserts', inserting],
      ['updates', updating],
    ])('a plan that has not happened rejects, and may be committed anew (%s)', async (_what, changes) => {
      const store = await doomed('cut before');
      await expect(commit(store, ...changes(1))).rejects.toThrow(ConnectionLostError);
      expect(await store.count(cups, [])).toBe(2);
      await commit(store, ...changes(1));
    });

    it('a plan that was answered for is done once, however often it is committed', async () => {
      const store = await doomed('cut after');
      const once = plan({ changes: [cup(1)], events: [event('a')] });
      for (const _time of [1, 2])
        expect(await store.commit(once)).toEqual({ kind: 'committed', versions: [1] });
      expect(await eventIds(store)).toEqual(['a']);
    });

    it('a plan that answers a request and keeps a call is done once, however often it is committed', async () => {
      const store = await doomed('cut after');
      await store.intents.open({ id: 'call', operation: 'payment.approve', holdMs: 60_000 });
      const request = {
        kind: 'answered',
        key: 'k',
        fingerprint: 'f',
        answer: 'first',
        subject: null,
      } as const;
      const once = plan({ changes: [cup(1)], keeps: ['call'], request });
      for (const _time of [1, 2])
        expect(await store.commit(once)).toEqual({ kind: 'committed', versions: [1] });
      expect(await store.commit(plan({ request }))).toEqual({ kind: 'answered' });
    });

    it('a plan with a mark rejects, and committing it again tells what has happened', async () => {
      const store = await doomed('cut after');
      const marked = plan({ changes: [cup(1)], inbox: mark('m', 'k') });
      await expect(store.commit(marked)).rejects.toThrow(ConnectionLostError);
      expect(await store.commit(marked)).toEqual({ kind: 'duplicate' });
      expect(await store.count(cups, [])).toBe(3);
    });

    it('a plan that is still undecided resolves when the server carries it out late', async () => {
      const store = await doomed('hold back');
      const settled = commit(store, ...updating(1));
      // who asks waits for the transaction that is still open
      await waiting(1);
      proxy.heldBack!.forward();
      expect((await settled).kind).toBe('committed');
      expect(await store.count(cups, [])).toBe(3);
    });

    it('a plan that is still undecided rejects when the server never hears of it', async () => {
      const store = await doomed('hold back');
      const settled = failureOf(commit(store, ...updating(1)));
      await waiting(1);
      proxy.heldBack!.drop();
      expect(await settled).toBeInstanceOf(ConnectionLostError);
      expect(await store.count(cups, [])).toBe(2);
    });

    it('a plan that comes to the server after it was said that it has not happened, does not happen', async () => {
      const store = await doomed('hold back');
      await expect(commit(store, ...inserting(1))).rejects.toThrow(ConnectionLostError);
      const began = await serverTime();
      proxy.heldBack!.forward();
      await until(
        () => finishedSince(began),
        (count) => count === 1,
      );
      expect(await store.count(cups, [])).toBe(2);
    });

    const serverTime = () =>
      asAdmin(server.port, async (admin) => {
        const { rows } = await admin.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
        return rows[0]!.now;
      });

    /** How many sessions have ended a transaction since then, and do nothing else. */
    const finishedSince = (time: string) =>
      asAdmin(server.port, async (admin) => {
        const { rows } = await admin.query(
          `SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state = 'idle' AND query = 'COMMIT' AND state_change > $2`,
          [database.user, time],
        );
        return rows.length;
      });

    it('a plan of which nobody can tell says CommitUnknownError', async () => {
      const store = await doomed('cut after', {
        clock: hasty,
        connectTimeoutMs: 60_000,
        statementTimeoutMs: 60_000,
      });
      await store.ping();
      proxy.stopListening();
      await expect(commit(store, cup(1))).rejects.toThrow(CommitUnknownError);
    });
  });

  describe('what happens at the same time', () => {
    it('lets ten stores open an empty database and make its tables at once', async () => {
      const stores = numbers(10).map(() => unopened({ poolSize: 2 }));
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
      const [store, other] = [await open(), await open()];
      await commit(store, cup(1));
      await database.inspect(async (reader) => {
        await reader.query('BEGIN; SELECT * FROM cups');
        const more = { ...cups, columns: [...cups.columns, column('note', 'text', true)] };
        const changed = store.ensureTables([more]);
        await waiting(1);
        expect((await other.get(cups, 1))?.version).toBe(1);
        await reader.query('ROLLBACK');
        await changed;
        await commit(store, insert(more, 2, { name: 'a', note: 'new' }));
      });
    });

    it('waits for the turn of another process that makes tables for longer than for anything else', async () => {
      const store = await open({ statementTimeoutMs: 500 });
      await commit(store, cup(1));
      await database.inspect(async (maker) => {
        const { sql, parameters } = postgresDialect.locks.schema.acquire[1]!;
        await maker.query('BEGIN');
        await maker.query(sql, [...parameters]);
        const made = store.ensureTables([tableOf('text')]);
        await waiting(1);
        await whileLocked(1, async () => {
          await expect(commit(store, update(cups, 1, 1, { qty: 2 }))).rejects.toThrow(StoreBusyError);
        });
        await maker.query('ROLLBACK');
        await made;
      });
    });

    it('reads an event whose plan is committed late, although later ones were read before', async () => {
      const store = await open();
      await database.inspect(async (late) => {
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
      const store = await open();
      await commit(store, cup(1), cup(2));
      await whileLocked(1, async (free) => {
        // begun first, and changes the row of the other last
        const second = store.commit(
          plan({
            changes: [update(cups, 1, 1, { qty: 1 }), update(cups, 2, 2, { qty: 2 })],
            events: [event('second')],
          }),
        );
        await waiting(1);
        await store.commit(plan({ changes: [update(cups, 2, 1, { qty: 1 })], events: [event('first')] }));
        await free();
        await second;
      });
      expect(await eventIds(store)).toEqual(['first', 'second']);
    });

    it('does not park a record that is being handled at that moment', async () => {
      const store = await open();
      await commit(store, cup(1));
      await whileLocked(1, async (free) => {
        const handled = store.commit(
          plan({ changes: [update(cups, 1, 1, { qty: 1 })], inbox: mark('m', 'k') }),
        );
        await waiting(1);
        const parked = store.parking.park(record('m', 'k'));
        await waiting(2);
        await free();
        expect((await handled).kind).toBe('committed');
        expect(await parked).toBe(false);
      });
      expect(await store.parking.count()).toBe(0);
    });

    it('lets records of one key be handled side by side with those of another that is being parked', async () => {
      const store = await open();
      await commit(store, cup(1));
      await whileLocked(1, async (free) => {
        const handled = store.commit(
          plan({ changes: [update(cups, 1, 1, { qty: 1 })], inbox: mark('m', 'k') }),
        );
        await waiting(1);
        expect(await store.parking.park(record('n', 'other'))).toBe(true);
        expect((await store.commit(plan({ inbox: mark('o', 'k') }))).kind).toBe('committed');
        await free();
        await handled;
      });
    });
  });

  it('a call that a plan is about to keep holds up nobody who looks for calls to undo', async () => {
    const store = await open();
    for (const id of ['kept', 'lost'])
      await store.intents.open({ id, operation: 'payment.approve', holdMs: 0 });
    const due = async () => (await store.intents.due(10, 60_000)).map(({ id }) => id);
    await database.whileUncommitted(`DELETE FROM skanu_calls WHERE id = 'kept'`, async () => {
      expect(await due()).toEqual(['lost']);
    });
    // the plan has failed
    expect(await due()).toEqual(['kept']);
  });

  it('brings the tables of an older version to the newest', async () => {
    const statements = unopened().schemaSql([]);
    const older =
      statements.findIndex((statement) => statement.startsWith('INSERT INTO skanu_migrations')) + 1;
    for (const statement of statements.slice(0, older)) await database.execute(statement);
    await expect(unopened({ schema: 'verify' }).open()).rejects.toMatchObject({
      differences: statements.slice(older).map((statement) => expect.objectContaining({ statement })),
    });
    const store = await open();
    await store.intents.open({ id: 'call', operation: 'payment.approve', holdMs: 0 });
    await unopened({ schema: 'verify' }).open();
  });

  it('with verify, changes nothing, and is content with what schemaSql says', async () => {
    const store = unopened({ schema: 'verify' });
    await expect(store.open()).rejects.toThrow(SchemaDiffersError);
    const all = [cups, tableOf('bigint')];
    const { rowCount } = await database.inspect((other) =>
      other.query('SELECT 1 FROM pg_tables WHERE schemaname = current_schema()'),
    );
    expect(rowCount).toBe(0);
    for (const statement of store.schemaSql(all)) await database.execute(statement);
    await store.open();
    await store.ensureTables(all);
    const missing = { ...cups, name: 'saucers' };
    const refused = store.ensureTables([missing]);
    await expect(refused).rejects.toThrow(SchemaDiffersError);
    await expect(store.select(missing, everything)).rejects.toThrow(StoreFailedError);
    const { differences } = (await refused.catch((error: unknown) => error)) as SchemaDiffersError;
    for (const { statement } of differences) await database.execute(statement);
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

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}

/** Ten times as fast as others. */
const hasty: Clock = {
  now: () => Date.now() * 10,
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};
