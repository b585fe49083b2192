import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import {
  StoreBusyError,
  StoreFullError,
  StoreUnavailableError,
  UniqueViolationError,
} from '../../src/kernel/errors/store-errors.js';
import { CompiledTable } from '../../src/store/sqlite/compiled-table.js';
import { SqliteDatabase } from '../../src/store/sqlite/sqlite-database.js';
import { countSql, selectSql } from '../../src/store/sqlite/sqlite-select.js';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import {
  commit,
  cup,
  cups,
  event,
  eventIds,
  insert,
  numbers,
  plan,
  sortedBy,
  tableOf,
  update,
  which,
} from '../../src/testing/store/store-samples.js';
import { SqliteDatabaseOfTest } from './sqlite-database.js';

describe('SqliteStore', () => {
  let database: SqliteDatabaseOfTest;
  const opened: SqliteStore[] = [];

  async function open(limits?: { readonly statementTimeoutMs: number }): Promise<SqliteStore> {
    const store = database.store(limits);
    opened.push(store);
    await store.open();
    await store.ensureTables([cups]);
    return store;
  }

  beforeEach(() => {
    database = new SqliteDatabaseOfTest();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await database.dispose();
  });

  it('refuses a file that is no database, leaves it as it is, and is closed then', async () => {
    const path = `${database.folder}/notes.txt`;
    const text = 'these are notes, and no database at all. '.repeat(100);
    writeFileSync(path, text);
    const store = new SqliteStore({ path, clock: systemClock, random: Math.random });
    await expect(store.open()).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('refuses a path that is a folder, or that goes through a file', async () => {
    mkdirSync(database.path, { recursive: true });
    await expect(database.store().open()).rejects.toBeInstanceOf(StoreUnavailableError);
    writeFileSync(`${database.folder}/file`, '');
    const through = new SqliteStore({
      path: `${database.folder}/file/store.db`,
      clock: systemClock,
      random: Math.random,
    });
    await expect(through.open()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it('refuses a file whose own tables a newer version has migrated', async () => {
    await (await open()).close();
    await database.execute('INSERT INTO skanu_migrations (number, applied_at) VALUES (1000, 0)');
    const store = database.store();
    await expect(store.open()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      help: expect.stringContaining('1000'),
    });
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it('brings the tables of an older version to the newest, with verify only says how', async () => {
    const store = await open();
    const older = store.schemaSql([]).filter((statement) => !/skanu_calls|\(3,/.test(statement));
    await store.close();
    rmSync(database.folder, { recursive: true });
    for (const statement of older) await database.execute(statement);
    const verifying = new SqliteStore({
      path: database.path,
      clock: systemClock,
      random: Math.random,
      schema: 'verify',
    });
    const refused = verifying.open();
    await expect(refused).rejects.toMatchObject({
      differences: [{ statement: expect.stringContaining('skanu_calls') }],
    });
    await (await open()).close();
    await verifying.open();
    opened.push(verifying);
    await verifying.intents.open({ id: 'call', operation: 'payment.approve', holdMs: 0 });
  });

  it('refuses a second open and stays open', async () => {
    const store = await open();
    await expect(store.open()).rejects.toBeInstanceOf(StoreUnavailableError);
    await store.ping();
  });

  it('waits for others that hold the file, without stopping the process', async () => {
    const store = await open();
    const other = new DatabaseSync(database.path);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    const committing = commit(store, cup(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    other.exec('COMMIT');
    other.close();
    await committing;
    clearInterval(turning);
    expect(turns).toBeGreaterThan(10);
    expect(await store.count(cups, [])).toBe(1);
  });

  it('says StoreBusyError when others hold the file for longer than the limit, and goes on after', async () => {
    const store = await open({ statementTimeoutMs: 50 });
    const other = new DatabaseSync(database.path);
    other.exec('BEGIN IMMEDIATE');
    const refused = await Promise.allSettled([
      commit(store, cup(1)),
      store.reserveIds(cups, 1),
      store.ping(),
    ]);
    for (const result of refused) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreBusyError) });
    }
    other.exec('ROLLBACK');
    other.close();
    await commit(store, cup(1));
    expect(await store.count(cups, [])).toBe(1);
  });

  it('says StoreFullError when the disk is full, writes nothing by halves, and goes on when there is room', async () => {
    const small = new SqliteDatabase({
      path: database.path,
      clock: systemClock,
      random: Math.random,
      busyLimitMs: 1_000,
    });
    await small.open((sql) => {
      sql.exec('CREATE TABLE notes (text TEXT)');
      sql.exec('PRAGMA max_page_count = 20');
    });
    const fill = (length: number) =>
      small.write('filling', (sql) => {
        sql.run('INSERT INTO notes VALUES (?)', ['first']);
        sql.run('INSERT INTO notes VALUES (?)', ['x'.repeat(length)]);
      });
    await expect(fill(1_000_000)).rejects.toBeInstanceOf(StoreFullError);
    const together = await Promise.allSettled([fill(10), fill(1_000_000), fill(10)]);
    expect(together[1]).toMatchObject({ status: 'rejected', reason: expect.any(StoreFullError) });
    await small.write('making room', (sql) => sql.exec('PRAGMA max_page_count = 10000'));
    await fill(1_000_000);
    const rows = await small.read('counting', (sql) =>
      sql.get<{ n: number }>('SELECT count(*) AS n FROM notes'),
    );
    await small.close();
    const committed = together.filter(({ status }) => status === 'fulfilled').length + 1;
    expect(rows?.n).toBe(2 * committed);
  });

  it('names the columns that collide', async () => {
    const store = await open();
    const table = {
      ...cups,
      name: 'shelves',
      indexes: [
        { columns: ['name'], unique: true },
        { columns: ['qty'], unique: true },
      ],
    };
    await store.ensureTables([table]);
    await commit(store, insert(table, 1, { name: 'a', qty: 1 }), insert(table, 2, { name: 'b', qty: 2 }));
    const refused = (change: Parameters<typeof commit>[1]) =>
      commit(store, change).catch((error: UniqueViolationError) => error.message);
    expect(await refused(insert(table, 3, { name: 'a', qty: 3 }))).toContain('same name');
    expect(await refused(insert(table, 3, { name: 'c', qty: 2 }))).toContain('same qty');
    expect(await refused(update(table, 2, 1, { qty: 1 }))).toContain('same qty');
    expect(await refused(insert(table, 1, { name: 'c', qty: 3 }))).toContain('same id');
  });

  it('keeps events of plans that are committed at once in the order of the calls', async () => {
    const store = await open();
    const given = numbers(100).map(String);
    await Promise.all(given.map((id) => store.commit(plan({ events: [event(id)] }))));
    expect(await eventIds(store)).toEqual(given);
  });

  it('finds the rows of a comparison or a beginning with an index, also for bigint', async () => {
    const store = await open();
    const table = { ...tableOf('bigint'), indexes: [{ columns: ['v'], unique: false }] };
    await store.ensureTables([table]);
    const plans = database.inspect((sqlite) =>
      [
        countSql('', CompiledTable.of(table), [{ column: 'v', operator: 'gt', value: 5n }]),
        selectSql('', CompiledTable.of(table), sortedBy({ column: 'v', direction: 'asc' })),
        selectSql(
          '',
          CompiledTable.of(cups),
          which([{ column: 'name', operator: 'startsWith', value: 'a' }]),
        ),
        selectSql('', CompiledTable.of(cups), which([{ column: 'name', operator: 'in', value: ['a'] }])),
      ].map(({ sql, parameters }) =>
        sqlite
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all(...parameters)
          .map(({ detail }) => detail)
          .join(),
      ),
    );
    for (const detail of plans) expect(detail).toMatch(/USING (COVERING )?INDEX/);
  });
});
