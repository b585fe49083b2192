import assert from 'node:assert/strict';
import type { IdBlock } from '../../store/store.js';
import { type StoreCase, storeCase } from './store-case.js';
import { cups, numbers, tableOf } from './store-samples.js';

export const idCases: readonly StoreCase[] = [
  storeCase('ids start with 1 and go on without a gap, for each table on its own', async (lab) => {
    const other = tableOf('text');
    const store = await lab.store(cups, other);
    assert.deepEqual(await store.reserveIds(cups, 1), { first: 1, last: 1 });
    assert.deepEqual(await store.reserveIds(cups, 10), { first: 2, last: 11 });
    assert.deepEqual(await store.reserveIds(other, 3), { first: 1, last: 3 });
    assert.deepEqual(await store.reserveIds(cups, 1), { first: 12, last: 12 });
  }),

  storeCase('no id is given twice, however many stores reserve at once', async (lab) => {
    const stores = await lab.stores(3, cups);
    const blocks = await Promise.all(
      numbers(60).map((turn) => stores[turn % 3]!.reserveIds(cups, 1 + (turn % 5))),
    );
    const given = blocks.flatMap(idsOf);
    assert.equal(new Set(given).size, given.length);
    assert.deepEqual(
      given.toSorted((a, b) => a - b),
      numbers(given.length),
    );
  }),

  storeCase('reserved ids stay reserved when the store that took them is gone', async (lab) => {
    const before = await lab.store(cups);
    await before.reserveIds(cups, 20);
    await before.close();
    const after = await lab.store(cups);
    assert.deepEqual(await after.reserveIds(cups, 1), { first: 21, last: 21 });
  }),

  storeCase('the unused end of the newest block is given out again', async (lab) => {
    const store = await lab.store(cups);
    await store.reserveIds(cups, 10);
    await store.releaseIds(cups, { first: 4, last: 10 });
    assert.deepEqual(await store.reserveIds(cups, 2), { first: 4, last: 5 });
  }),

  storeCase('ids behind which others were reserved do not come back', async (lab) => {
    const [one, other] = await lab.stores(2, cups);
    const block = await one!.reserveIds(cups, 10);
    await other!.reserveIds(cups, 10);
    await one!.releaseIds(cups, { first: 4, last: block.last });
    assert.deepEqual(await one!.reserveIds(cups, 1), { first: 21, last: 21 });
  }),

  storeCase('releasing the same ids again, or ids that were never reserved, changes nothing', async (lab) => {
    const store = await lab.store(cups);
    await store.releaseIds(cups, { first: 1, last: 5 });
    await store.reserveIds(cups, 10);
    await store.releaseIds(cups, { first: 6, last: 10 });
    await store.releaseIds(cups, { first: 6, last: 10 });
    await store.releaseIds(cups, { first: 6, last: 30 });
    await store.releaseIds(cups, { first: 6, last: 5 });
    assert.deepEqual(await store.reserveIds(cups, 1), { first: 6, last: 6 });
  }),
];

function idsOf({ first, last }: IdBlock): number[] {
  return numbers(last - first + 1).map((number) => first + number - 1);
}
