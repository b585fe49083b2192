import assert from 'node:assert/strict';
import type { Sorting } from '../../store/selection.js';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';
import { compareValues } from './compare-values.js';
import { type StoreCase, storeCase } from './store-case.js';
import {
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
} from './store-samples.js';
import { exactValues, orderedTypes } from './value-samples.js';

export const sortingCases: readonly StoreCase[] = [
  ...orderedTypes.map((type) =>
    storeCase(
      `rows are sorted by ${type}: nulls first ascending and last descending, ties by id`,
      async (lab) => {
        const table = tableOf(type);
        const store = await lab.store(table);
        const values = [null, ...exactValues[type].toReversed(), ...exactValues[type], null];
        const rows = values.map((v, place) => ({ id: place + 1, v }));
        await commit(store, ...rows.map(({ id, v }) => insert(table, id, { v })));
        const ascending = rows.toSorted((a, b) => compareValues(a.v, b.v) || a.id - b.id);
        const descending = rows.toSorted((a, b) => compareValues(b.v, a.v) || a.id - b.id);
        assert.deepEqual(
          await ids(store, table, sortedBy({ column: 'v', direction: 'asc' })),
          ascending.map(({ id }) => id),
        );
        assert.deepEqual(
          await ids(store, table, sortedBy({ column: 'v', direction: 'desc' })),
          descending.map(({ id }) => id),
        );
      },
    ),
  ),

  storeCase('without sorting, rows come by id', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(3), cup(1));
    await commit(store, cup(2), update(cups, 1, 1, { qty: 9 }));
    assert.deepEqual(await ids(store, cups, which([])), [1, 2, 3]);
  }),

  storeCase('a second column sorts what is equal in the first, each in its own direction', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, ...numbers(6).map((id) => cup(id, id % 2)));
    const sort: Sorting[] = [
      { column: 'qty', direction: 'desc' },
      { column: 'id', direction: 'desc' },
    ];
    assert.deepEqual(await ids(store, cups, sortedBy(...sort)), [5, 3, 1, 6, 4, 2]);
  }),

  storeCase('rows can be sorted by version', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1), cup(2), cup(3), update(cups, 2, 1, {}));
    assert.deepEqual(await ids(store, cups, sortedBy({ column: 'version', direction: 'desc' })), [2, 1, 3]);
  }),

  ...(['asc', 'desc'] as const).map((direction) =>
    storeCase(`pages of rows with many ties, ${direction}, neither overlap nor leave out`, async (lab) => {
      const store = await lab.store(cups);
      await commit(store, ...numbers(50).map((id) => cup((id * 37) % 101, id % 4 === 0 ? null : id % 3)));
      const sort = [{ column: 'qty', direction }] as const;
      const all = await ids(store, cups, sortedBy(...sort));
      assert.equal(all.length, 50);
      assert.deepEqual(await paged(store, cups, sort, 7), all);
      assert.deepEqual(await paged(store, cups, sort, 1), all);
    }),
  ),

  storeCase('an offset behind the last row and a limit of 0 give no rows', async (lab) => {
    const store = await lab.store(cups);
    await commit(store, cup(1), cup(2));
    assert.deepEqual(await ids(store, cups, which([], { offset: 2 })), []);
    assert.deepEqual(await ids(store, cups, which([], { limit: 0 })), []);
    assert.deepEqual(await ids(store, cups, which([], { offset: 1, limit: 1 })), [2]);
  }),
];

async function paged(
  store: Store,
  table: TableDefinition,
  sort: readonly Sorting[],
  limit: number,
): Promise<number[]> {
  const all: number[] = [];
  for (let offset = 0; ; offset += limit) {
    const page = await ids(store, table, which([], { sort, offset, limit }));
    if (page.length === 0) return all;
    all.push(...page);
    assert.ok(all.length <= 1_000, 'the pages do not end');
  }
}
