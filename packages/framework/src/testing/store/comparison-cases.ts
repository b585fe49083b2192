import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ComparisonOperator } from '../../store/selection.js';
import type { Store } from '../../store/store.js';
import type { ColumnValue, TableDefinition } from '../../store/table-definition.js';
import { compareValues } from './compare-values.js';
import { type StoreCase, storeCase } from './store-case.js';
import { commit, cup, cups, ids, insert, numbers, tableOf, which } from './store-samples.js';
import { columnTypes, exactValues, orderedTypes } from './value-samples.js';

type Filled = NonNullable<ColumnValue>;

const orderings: readonly [ComparisonOperator, (row: Filled, value: Filled) => boolean][] = [
  ['eq', (row, value) => compareValues(row, value) === 0],
  ['ne', (row, value) => compareValues(row, value) !== 0],
  ['lt', (row, value) => compareValues(row, value) < 0],
  ['lte', (row, value) => compareValues(row, value) <= 0],
  ['gt', (row, value) => compareValues(row, value) > 0],
  ['gte', (row, value) => compareValues(row, value) >= 0],
];

const texts = [
  '',
  'a',
  'A',
  'ab',
  'ba',
  'a%',
  'a_b',
  'a\\',
  'a*',
  '[a]',
  'é',
  'e\u0301',
  'e',
  '😀',
  'a😀',
  'a\u{10FFFF}',
  "a'",
];

const textual: readonly [ComparisonOperator, (row: string, value: string) => boolean][] = [
  ['startsWith', (row, value) => row.startsWith(value)],
  ['contains', (row, value) => row.includes(value)],
];

export const comparisonCases: readonly StoreCase[] = [
  ...orderedTypes.flatMap((type) =>
    orderings.map(([operator, fits]) =>
      storeCase(`${operator} on ${type} selects exactly the rows that fit, and never null`, async (lab) => {
        const table = tableOf(type);
        const store = await lab.store(table);
        const values = exactValues[type].filter((value) => value !== exactValues.text.at(-1));
        await fill(store, table, [...values, ...values.slice(0, 2), null]);
        const rows = [...values, ...values.slice(0, 2)];
        for (const value of values) {
          const expected = rows.flatMap((row, place) => (fits(row, value) ? [place + 1] : []));
          const where = [{ column: 'v', operator, value }];
          assert.deepEqual(await ids(store, table, which(where)), expected, `${operator} ${inspect(value)}`);
          assert.equal(await store.count(table, where), expected.length);
        }
      }),
    ),
  ),

  ...textual.map(([operator, fits]) =>
    storeCase(`${operator} takes text literally, by case, accent and character`, async (lab) => {
      const table = tableOf('text');
      const store = await lab.store(table);
      await fill(store, table, [...texts, null]);
      for (const value of [...texts, '%', '_', 'b', 'aa', 'E', '\u0301', '*', "'"]) {
        const expected = texts.flatMap((row, place) => (fits(row, value) ? [place + 1] : []));
        const found = await ids(store, table, which([{ column: 'v', operator, value }]));
        assert.deepEqual(found, expected, `${operator} ${value}`);
      }
    }),
  ),

  ...orderedTypes.map((type) =>
    storeCase(`in on ${type} selects the rows with one of the values, and never null`, async (lab) => {
      const table = tableOf(type);
      const store = await lab.store(table);
      const values = exactValues[type];
      await fill(store, table, [...values, values[0]!, null]);
      const within = async (value: ColumnValue[]) =>
        ids(store, table, which([{ column: 'v', operator: 'in', value }]));
      assert.deepEqual(await within([values[0]!, values[1]!]), [1, 2, values.length + 1]);
      assert.deepEqual(await within([values[1]!, null, values[1]!]), [2]);
      assert.deepEqual(await within([...values]), numbers(values.length + 1));
      assert.deepEqual(await within([null]), []);
      assert.deepEqual(await within([]), []);
    }),
  ),

  storeCase('in takes thousands of values', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1), cup(2), cup(3_000));
    const where = [{ column: 'id', operator: 'in', value: numbers(10_000).slice(1) }] as const;
    assert.deepEqual(await ids(store, cups, which(where)), [2, 3_000]);
  }),

  ...columnTypes.map((type) =>
    storeCase(`eq null selects the rows of a ${type} without a value, ne null the others`, async (lab) => {
      const table = tableOf(type);
      const store = await lab.store(table);
      await fill(store, table, [exactValues[type][0]!, null, exactValues[type][1]!, null]);
      const compared = (operator: ComparisonOperator) =>
        ids(store, table, which([{ column: 'v', operator, value: null }]));
      assert.deepEqual(await compared('eq'), [2, 4]);
      assert.deepEqual(await compared('ne'), [1, 3]);
      for (const operator of ['lt', 'lte', 'gt', 'gte'] as const)
        assert.deepEqual(await compared(operator), []);
    }),
  ),

  storeCase('a row is selected when all conditions hold; id and version are columns too', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, ...numbers(9).map((id) => cup(id, id % 3)));
    const selection = which([
      { column: 'qty', operator: 'eq', value: 1 },
      { column: 'id', operator: 'gt', value: 1 },
      { column: 'version', operator: 'eq', value: 1 },
      { column: 'name', operator: 'ne', value: 'cup 7' },
    ]);
    assert.deepEqual(await ids(store, cups, selection), [4]);
    assert.equal(await store.count(cups, selection.where), 1);
  }),
];

async function fill(store: Store, table: TableDefinition, values: readonly ColumnValue[]): Promise<void> {
  await commit(store, ...values.map((v, place) => insert(table, place + 1, { v })));
}
