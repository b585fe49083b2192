import assert from 'node:assert/strict';
import { UnstorableValueError } from '../../kernel/errors/store-errors.js';
import type { Store } from '../../store/store.js';
import type { ColumnValue, TableDefinition } from '../../store/table-definition.js';
import { type StoreCase, storeCase } from './store-case.js';
import { column, commit, cups, everything, insert, tableOf, update, which } from './store-samples.js';
import { columnTypes, exactOrRefusedValues, exactValues, unstorableValues } from './value-samples.js';

export const valueCases: readonly StoreCase[] = [
  ...columnTypes.map((type) =>
    storeCase(`every ${type} comes back exactly as it was inserted, and so does null`, async (lab) => {
      const table = tableOf(type);
      const store = await lab.store(table);
      const values = [...exactValues[type], null];
      await commit(store, ...values.map((v, place) => insert(table, place + 1, { v })));
      for (const [place, v] of values.entries()) {
        assert.deepEqual(await store.get(table, place + 1), { id: place + 1, version: 1, values: { v } });
      }
      const rows = await store.select(table, everything);
      assert.deepEqual(
        rows.map(({ values: { v } }) => v),
        values,
      );
    }),
  ),

  ...columnTypes.map((type) =>
    storeCase(`every ${type} comes back exactly as it was updated`, async (lab) => {
      const table = tableOf(type);
      const store = await lab.store(table);
      await commit(store, insert(table, 1, { v: null }));
      for (const [place, v] of [...exactValues[type], null].entries()) {
        await commit(store, update(table, 1, place + 1, { v }));
        assert.deepEqual((await store.get(table, 1))?.values, { v });
      }
    }),
  ),

  ...exactOrRefusedValues.map(({ type, values }) =>
    storeCase(`a ${type} far out comes back exactly or is refused`, async (lab) => {
      const table = tableOf(type);
      const store = await lab.store(table);
      for (const [place, v] of values.entries()) await keepsOrRefuses(store, table, place + 1, v);
    }),
  ),

  ...unstorableValues.map(({ type, what, value: v }) =>
    storeCase(`${what} is refused by a column of type ${type}`, async (lab) => {
      const table = tableOf(type);
      const store = await lab.store(table);
      await commit(store, insert(table, 1, { v: null }));
      await assert.rejects(commit(store, insert(table, 2, { v })), UnstorableValueError);
      await assert.rejects(commit(store, update(table, 1, 1, { v })), UnstorableValueError);
      assert.deepEqual(await store.select(table, everything), [{ id: 1, version: 1, values: { v: null } }]);
    }),
  ),

  storeCase('minus zero comes back as zero, to which it is equal', async (lab) => {
    const table = { ...tableOf('double'), columns: [column('v', 'double'), column('i', 'integer')] };
    const store = await lab.store(table);
    await commit(store, insert(table, 1, { v: -0, i: -0 }));
    const { values } = (await store.get(table, 1))!;
    assert.ok(values['v'] === 0 && values['i'] === 0);
    const zero = which([{ column: 'v', operator: 'eq', value: 0 }]);
    assert.equal((await store.select(table, zero)).length, 1);
  }),

  storeCase('null is refused by a column that must have a value', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, insert(cups, 1, { name: 'a' }));
    await assert.rejects(commit(store, insert(cups, 2, { name: null })), UnstorableValueError);
    await assert.rejects(commit(store, insert(cups, 2, { qty: 1 })), UnstorableValueError);
    await assert.rejects(commit(store, update(cups, 1, 1, { name: null })), UnstorableValueError);
    assert.equal(await store.count(cups, []), 1);
  }),

  storeCase('an insert that leaves columns out gives them their default, or null', async (lab) => {
    const table = {
      ...cups,
      columns: [...cups.columns, { ...column('size', 'text'), default: 'small' }],
    };
    const store = await lab.store(table);
    await commit(store, insert(table, 1, { name: 'a' }));
    assert.deepEqual((await store.get(table, 1))?.values, { name: 'a', qty: null, size: 'small' });
  }),

  storeCase('a value for a column that the table does not have is refused', async (lab) => {
    const store = await lab.store(cups);
    await assert.rejects(commit(store, insert(cups, 1, { name: 'a', colour: 'red' })), UnstorableValueError);
    assert.equal(await store.count(cups, []), 0);
  }),

  storeCase(
    'names of tables and columns may be words of SQL, have capitals, blanks and quotes',
    async (lab) => {
      const names = ['order', 'group', 'orderId', 'two words', 'a"b', `a'b`, 'a`b', 'größe'];
      const table: TableDefinition = {
        name: 'select "from',
        columns: names.map((name) => column(name, 'text')),
        indexes: [{ columns: ['order', 'a"b'], unique: true }],
      };
      const store = await lab.store(table);
      await store.ensureTables([table]);
      const values = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
      await commit(store, insert(table, 1, values));
      await commit(store, update(table, 1, 1, { order: 'changed' }));
      const found = which([{ column: 'a"b', operator: 'eq', value: 'value of a"b' }], {
        sort: [{ column: 'group', direction: 'desc' }],
      });
      assert.deepEqual(await store.select(table, found), [
        { id: 1, version: 2, values: { ...values, order: 'changed' } },
      ]);
    },
  ),
];

async function keepsOrRefuses(
  store: Store,
  table: TableDefinition,
  id: number,
  v: ColumnValue,
): Promise<void> {
  try {
    await commit(store, insert(table, id, { v }));
  } catch (error) {
    assert.ok(error instanceof UnstorableValueError, String(error));
    return;
  }
  assert.deepEqual((await store.get(table, id))?.values, { v });
}
