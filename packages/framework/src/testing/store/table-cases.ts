import assert from 'node:assert/strict';
import { UniqueViolationError } from '../../kernel/errors/store-errors.js';
import type { ColumnDefinition, TableDefinition } from '../../store/table-definition.js';
import { type StoreCase, storeCase } from './store-case.js';
import { column, commit, cup, cups, everything, insert, numbers, tableOf } from './store-samples.js';
import { columnTypes, exactValues } from './value-samples.js';

export const tableCases: readonly StoreCase[] = [
  storeCase('making tables that are there changes nothing, also from another store', async (lab) => {
    const tables = [cups, ...columnTypes.map(tableOf)];
    const store = await lab.store(...tables);
    await commit(store, cup(1, 1));
    await store.ensureTables(tables);
    const other = await lab.store(...tables);
    assert.deepEqual(await other.select(cups, everything), await store.select(cups, everything));
    assert.equal(await other.count(cups, []), 1);
  }),

  storeCase('several stores may open an empty database and make its tables at once', async (lab) => {
    const stores = numbers(4).map(() => lab.unopened());
    await Promise.all(
      stores.map(async (store) => {
        await store.open();
        await store.ensureTables([cups]);
        await store.ensureTables([withColumns(column('size', 'text', true))]);
      }),
    );
    await Promise.all(stores.map((store, place) => commit(store, cup(place + 1))));
    assert.equal(await stores[0]!.count(cups, []), 4);
  }),

  storeCase('a new column that may be empty is null in the rows that are there', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1, 1));
    const table = withColumns(...columnTypes.map((type) => column(`new_${type}`, type, true)));
    await store.ensureTables([table]);
    const added = Object.fromEntries(columnTypes.map((type) => [`new_${type}`, null]));
    assert.deepEqual((await store.get(table, 1))?.values, { name: 'cup 1', qty: 1, ...added });
  }),

  ...columnTypes.map((type) =>
    storeCase(
      `a new ${type} column with a default has it in the rows that are there, exactly`,
      async (lab) => {
        const store = await lab.store(cups);
        await commit(store, cup(1, 1), cup(2, 2));
        const values = exactValues[type].slice(0, 16);
        const table = withColumns(
          ...values.map((value, place) => ({ ...column(`c${place}`, type), default: value })),
        );
        await store.ensureTables([table]);
        const expected = Object.fromEntries(values.map((value, place) => [`c${place}`, value]));
        assert.deepEqual((await store.get(table, 2))?.values, { name: 'cup 2', qty: 2, ...expected });
        await store.ensureTables([table]);
      },
    ),
  ),

  storeCase(
    'a store that does not know a new column with a default yet can still insert rows',
    async (lab) => {
      const [old, next] = await lab.stores(2, cups);
      const table = withColumns({ ...column('size', 'text'), default: `the cook's "small"` });
      await next!.ensureTables([table]);
      await commit(old!, cup(1, 1));
      assert.equal((await next!.get(table, 1))?.values['size'], `the cook's "small"`);
    },
  ),

  storeCase('a column that left the definition stays, if rows can be inserted without it', async (lab) => {
    const wider = withColumns(column('note', 'text', true), { ...column('size', 'text'), default: 'small' });
    const store = await lab.store(wider);
    await commit(store, insert(wider, 1, { name: 'a', note: 'kept', size: 'large' }));
    await store.ensureTables([cups]);
    await commit(store, cup(2));
    assert.deepEqual((await store.get(wider, 1))?.values, {
      name: 'a',
      qty: null,
      note: 'kept',
      size: 'large',
    });
    assert.deepEqual((await store.get(wider, 2))?.values, {
      name: 'cup 2',
      qty: null,
      note: null,
      size: 'small',
    });
  }),

  storeCase('tables, columns and indexes whose names run together are told apart', async (lab) => {
    const columns = ['a', 'b', 'a_b', 'b_c', 'c'].map((name) => column(name, 'text', true));
    const indexed = (name: string, ...indexes: readonly string[][]): TableDefinition => ({
      name,
      columns,
      indexes: indexes.flatMap((of) => [true, false].map((unique) => ({ columns: of, unique }))),
    });
    const tables = [
      indexed('t', ['a_b'], ['a', 'b'], ['b', 'a']),
      indexed('t_a', ['b'], ['b_c'], ['b', 'c']),
    ];
    const store = await lab.store(...tables);
    await store.ensureTables(tables);
    await commit(store, ...tables.map((table) => insert(table, 1, { a: 'x', b: 'x' })));
    for (const table of tables) {
      await assert.rejects(commit(store, insert(table, 2, { a: 'x', b: 'x' })), UniqueViolationError);
    }
  }),

  storeCase('a new unique index holds from then on', async (lab) => {
    const plain = { ...cups, indexes: [] };
    const store = await lab.store(plain);
    await commit(store, cup(1));
    await store.ensureTables([cups]);
    await store.ensureTables([cups]);
    await assert.rejects(commit(store, insert(cups, 2, { name: 'cup 1' })), UniqueViolationError);
  }),

  storeCase('an index that becomes unique is made anew, if no rows collide', async (lab) => {
    const loose = { ...cups, indexes: [{ columns: ['name'], unique: false }] };
    const store = await lab.store(loose);
    await commit(store, cup(1));
    await store.ensureTables([cups]);
    await assert.rejects(commit(store, insert(cups, 2, { name: 'cup 1' })), UniqueViolationError);
  }),

  storeCase('a unique index over a new column that may be empty can be made', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1), cup(2));
    const wider = withColumns(column('code', 'text', true));
    const table = { ...wider, indexes: [...cups.indexes, { columns: ['code'], unique: true }] };
    await store.ensureTables([table]);
    assert.equal(await store.count(table, []), 2);
  }),
];

/** The cups with more columns. */
export function withColumns(...columns: readonly ColumnDefinition[]): TableDefinition {
  return { ...cups, columns: [...cups.columns, ...columns] };
}
