import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SchemaDiffersError, UniqueViolationError } from '../../src/kernel/errors/store-errors.js';
import {
  column,
  commit,
  cup,
  cups,
  ids,
  insert,
  numbers,
  sortedBy,
  tableOf,
  update,
  which,
} from '../../src/testing/store/store-samples.js';
import { noContainers, type ServerContainer } from '../containers/containers.js';
import { startMariadb } from '../containers/mariadb.js';
import { until } from '../fixtures/until.js';
import { MariadbLab } from './mariadb-lab.js';

const skipped = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(`MariadbStore and its tables${skipped}`, () => {
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

  it('names the columns that collide', async () => {
    const store = await lab.open();
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
    expect(await refused(insert(table, 3, { name: `c' for key 'qty'`, qty: 2 }))).toContain('same qty');
    expect(await refused(update(table, 2, 1, { qty: 1 }))).toContain('same qty');
    expect(await refused(insert(table, 1, { name: 'c', qty: 3 }))).toContain('same id');
  });

  it('tells long unique texts apart by their last character', async () => {
    const store = await lab.open();
    const long = 'é'.repeat(100_000);
    await commit(store, insert(cups, 1, { name: `${long}a` }), insert(cups, 2, { name: `${long}b` }));
    await expect(commit(store, insert(cups, 3, { name: `${long}b` }))).rejects.toThrow(UniqueViolationError);
    expect((await store.get(cups, 2))?.values['name']).toBe(`${long}b`);
  });

  it('tells pairs of unique texts apart, wherever one ends and the other begins', async () => {
    const columns = [column('a', 'text', true), column('b', 'text', true)];
    const pairs = { name: 'pairs', columns, indexes: [{ columns: ['a', 'b'], unique: true }] };
    const store = await lab.open();
    await store.ensureTables([pairs]);
    const pair = (id: number, a: string, b: string | null) => insert(pairs, id, { a, b });
    await commit(store, pair(1, 'a', 'bc'), pair(2, 'ab', 'c'), pair(3, 'abc', ''), pair(4, 'a', null));
    await commit(store, pair(5, 'a', null));
    const refused = await commit(store, pair(6, 'ab', 'c')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UniqueViolationError);
    expect((refused as Error).message).toContain('same a, b');
  });

  it('refuses a value that is larger than a packet may be, before the server hangs up', async () => {
    const store = await lab.open({ poolSize: 1 });
    await store.ping();
    const before = await lab.sessions();
    const large = insert(cups, 1, { name: 'x'.repeat(17 * 2 ** 20) });
    await expect(commit(store, large)).rejects.toMatchObject({ code: 'STORE_FAILED', retriable: false });
    await commit(store, cup(1));
    expect(await lab.sessions()).toEqual(before);
  });

  it('sorts texts by more than their first kilobyte', async () => {
    const store = await lab.open();
    const long = 'é'.repeat(2_000);
    await commit(store, ...numbers(20).map((id) => insert(cups, id, { name: `${long}${100 - id}` })));
    const sorted = await ids(store, cups, sortedBy({ column: 'name', direction: 'asc' }));
    expect(sorted).toEqual(numbers(20).toReversed());
  });

  it('finds rows by an index, whatever the type of the column', async () => {
    const store = await lab.open();
    const table = { ...tableOf('bigint'), indexes: [{ columns: ['v'], unique: false }] };
    await store.ensureTables([table]);
    await commit(store, ...numbers(300).flatMap((id) => [cup(id, id), insert(table, id, { v: BigInt(id) })]));
    const handled = async (read: () => Promise<unknown>) => {
      const before = await handlerReads();
      await read();
      return (await handlerReads()) - before;
    };
    const handlerReads = () =>
      lab.database.inspect(async (other) => {
        const [rows] = await other.query(`SHOW GLOBAL STATUS LIKE 'Handler_read_rnd_next'`);
        return Number((rows as { Value: string }[])[0]!.Value);
      });
    const idle = await handled(async () => {});
    const reads = [
      () => store.select(cups, which([{ column: 'name', operator: 'eq', value: 'cup 7' }])),
      () => store.select(cups, which([{ column: 'name', operator: 'startsWith', value: 'cup 29' }])),
      () => store.select(cups, which([{ column: 'name', operator: 'in', value: ['cup 1', 'cup 2'] }])),
      () => store.select(cups, which([{ column: 'id', operator: 'in', value: [1, 2] }])),
      () => store.select(table, which([{ column: 'v', operator: 'gt', value: 297n }])),
    ];
    for (const read of reads) expect(await handled(read)).toBeLessThan(idle + 300);
  });

  it('lets ten stores open an empty database and make its tables at once', async () => {
    const stores = numbers(10).map(() => lab.unopened({ poolSize: 2 }));
    await Promise.all(
      stores.map(async (store) => {
        await store.open();
        await store.ensureTables([cups, tableOf('json')]);
      }),
    );
    await Promise.all(stores.map((store, place) => commit(store, cup(place + 1))));
    expect(await stores[0]!.count(cups, [])).toBe(10);
  });

  it('makes no table without the lock for it', async () => {
    await lab.database.inspect(async (other) => {
      await other.query(`SELECT GET_LOCK(CONCAT('skanu ', MD5(DATABASE())), 0)`);
      const refused = lab
        .unopened()
        .open()
        .catch((error: unknown) => error);
      const [waiting] = await until(
        () => lab.sessions('User lock'),
        (sessions) => sessions.length === 1,
      );
      await lab.database.execute(`KILL QUERY ${waiting!.id}`);
      expect(await refused).toMatchObject({ retriable: true });
      const [tables] = await other.query('SHOW TABLES');
      expect(tables).toEqual([]);
    });
    await lab.open();
  });

  it('makes its own tables also when an older version has made its own, or a start broke off between any two statements', async () => {
    const statements = lab.unopened().schemaSql([]);
    const older =
      statements.findIndex((statement) => statement.startsWith('INSERT INTO skanu_migrations')) + 1;
    for (const done of [1, older, older + 1, statements.length - 2, statements.length - 1]) {
      for (const statement of statements.slice(0, done)) await lab.database.execute(statement);
      const store = await lab.open();
      await commit(store, cup(1));
      await store.close();
      await lab.database.execute(`DROP DATABASE ${lab.database.name}; CREATE DATABASE ${lab.database.name}`);
    }
  });

  it('a call that a plan is about to keep holds up nobody who looks for calls to undo', async () => {
    const store = await lab.open();
    for (const id of ['kept', 'lost'])
      await store.intents.open({ id, operation: 'payment.approve', holdMs: 0 });
    const due = async () => (await store.intents.due(10, 60_000)).map(({ id }) => id);
    await lab.database.whileUncommitted(`DELETE FROM skanu_calls WHERE id = 'kept'`, async () => {
      expect(await due()).toEqual(['lost']);
    });
    // the plan has failed
    expect(await due()).toEqual(['kept']);
  });

  it('refuses tables that a newer version has migrated', async () => {
    await (await lab.open()).close();
    await lab.database.execute('INSERT INTO skanu_migrations (number, applied_at) VALUES (1000, 0)');
    await expect(lab.unopened().open()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      help: expect.stringContaining('1000'),
    });
  });

  it('with verify, changes nothing, and is content with what schemaSql says', async () => {
    const store = lab.unopened({ schema: 'verify' });
    await expect(store.open()).rejects.toThrow(SchemaDiffersError);
    const [tables] = await lab.database.inspect((other) => other.query('SHOW TABLES'));
    expect(tables).toEqual([]);
    const all = [cups, tableOf('bigint')];
    for (const statement of store.schemaSql(all)) await lab.database.execute(statement);
    await store.open();
    await store.ensureTables(all);
    const missing = { ...cups, name: 'saucers' };
    const refused = store.ensureTables([missing]);
    await expect(refused).rejects.toThrow(SchemaDiffersError);
    const { differences } = (await refused.catch((error: unknown) => error)) as SchemaDiffersError;
    for (const { statement } of differences) await lab.database.execute(statement);
    await store.ensureTables([missing]);
  });
});
