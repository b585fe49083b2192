import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '../../store/store.js';
import type { TableDefinition } from '../../store/table-definition.js';
import { handlerOf, nextTableName, oldTableName } from '../../store/view-generations.js';
import type { CommitOutcome } from '../../store/write-plan.js';
import { type StoreCase, storeCase } from './store-case.js';
import {
  cups,
  everything,
  ids,
  insert,
  mark,
  numbers,
  plan,
  record,
  update,
  waiting,
} from './store-samples.js';

const old: TableDefinition = { ...cups, name: oldTableName(cups.name) };
const next: TableDefinition = { ...cups, name: nextTableName(cups.name) };

export const viewGenerationCases: readonly StoreCase[] = [
  storeCase('a view begins with generation 1, for all stores at once', async (lab) => {
    const stores = await lab.stores(3, cups);
    const seen = await Promise.all(stores.map((store) => store.views.current('cups')));
    for (const generation of seen) assert.deepEqual(generation, { live: 1, next: undefined, held: false });
  }),

  storeCase('only the live generation and the one that is being rebuilt take writes', async (lab) => {
    const store = await lab.store(cups);
    assert.equal((await write(store, 1)).kind, 'held', 'of a view that nobody knows');
    await store.views.current('cups');
    assert.equal((await write(store, 1)).kind, 'committed');
    assert.equal((await write(store, 2)).kind, 'held');
    const { generation, table } = await store.views.beginRebuild('cups', cups);
    assert.equal(generation, 2);
    assert.equal(table.name, next.name);
    assert.deepEqual([table.columns, table.indexes], [cups.columns, cups.indexes]);
    assert.equal((await write(store, 1)).kind, 'committed');
    assert.equal((await write(store, 2, table)).kind, 'committed');
    assert.equal((await write(store, 3)).kind, 'held');
    assert.deepEqual(await store.views.current('cups'), { live: 1, next: 2, held: false });
    assert.deepEqual(await counts(store, cups, table), [2, 1]);
  }),

  storeCase('a plan that is held writes nothing, not even its mark', async (lab) => {
    const store = await lab.store(cups);
    const { generation } = await store.views.beginRebuild('cups', cups);
    assert.equal(await store.views.hold('cups', generation), true);
    const held = plan({
      changes: [insert(cups, 1, { name: 'a' })],
      inbox: { ...mark('a', 'k'), view: { name: 'cups', generation: 1 } },
    });
    assert.deepEqual(await store.commit(held), { kind: 'held' });
    assert.equal(await store.count(cups, []), 0);
    await store.views.abandon('cups', generation, cups);
    assert.equal((await store.commit(held)).kind, 'committed');
    assert.deepEqual(await store.commit(held), { kind: 'duplicate' });
  }),

  storeCase('a parked record of a view that is held stays where it is', async (lab) => {
    const store = await lab.store(cups);
    const { generation } = await store.views.beginRebuild('cups', cups);
    await store.parking.park(record('a', 'k'));
    await store.views.hold('cups', generation);
    const { position } = (await store.parking.first('stock', 'k'))!;
    const inbox = { ...mark('a', 'k', position), view: { name: 'cups', generation: 1 } };
    assert.deepEqual(await store.commit(plan({ inbox })), { kind: 'held' });
    assert.deepEqual(await waiting(store, 'k'), ['a']);
  }),

  storeCase('when a hold has resolved, no write of the live generation comes after it', async (lab) => {
    const [writer, other] = (await lab.stores(2, cups)) as [Store, Store];
    for (const round of numbers(10)) {
      const { generation } = await other.views.beginRebuild('cups', cups);
      const holding = async () => {
        assert.equal(await other.views.hold('cups', generation), true);
        return other.count(cups, []);
      };
      const [rows, outcomes] = await Promise.all([
        holding(),
        Promise.all(numbers(10).map(() => write(writer, 1))),
      ]);
      assert.equal(await other.count(cups, []), rows, `round ${round}: rows came after the hold`);
      assert.equal((await write(writer, 1)).kind, 'held');
      assert.equal((await write(writer, generation, next)).kind, 'committed', 'the next one is not held');
      assert.ok(outcomes.every(({ kind }) => kind === 'committed' || kind === 'held'));
      await other.views.abandon('cups', generation, cups);
    }
  }),

  storeCase('a swap makes the rebuilt table the live one, and keeps the old one beside it', async (lab) => {
    const store = await lab.store(cups);
    await store.views.current('cups');
    await write(store, 1, cups, 7);
    const { generation, table } = await store.views.beginRebuild('cups', cups);
    for (const id of [1, 2, 3]) await write(store, generation, table, id);
    assert.equal(await store.views.hold('cups', generation), true);
    assert.equal(await store.views.swap('cups', generation, cups, ['stock']), true);
    assert.deepEqual(await store.views.current('cups'), { live: 2, next: undefined, held: false });
    assert.deepEqual(await ids(store, cups, everything), [1, 2, 3]);
    assert.deepEqual(await ids(store, old, everything), [7]);
    assert.equal((await write(store, 1)).kind, 'held', 'the old one is over');
    assert.equal((await write(store, 2, cups, 4)).kind, 'committed');
    await store.views.dropOld(cups);
    await assert.rejects(store.count(old, []), { code: 'STORE_FAILED' });
    await store.views.dropOld(cups);
    assert.deepEqual(await ids(store, cups, everything), [1, 2, 3, 4]);
  }),

  storeCase(
    'the table of a rebuild refuses what the live one refuses, before and after the swap',
    async (lab) => {
      const store = await lab.store(cups);
      const { generation, table } = await store.views.beginRebuild('cups', cups);
      await write(store, generation, table, 1, 'same');
      await assert.rejects(write(store, generation, table, 2, 'same'), { code: 'UNIQUE_VIOLATION' });
      await store.views.swap('cups', generation, cups, []);
      await assert.rejects(write(store, generation, cups, 2, 'same'), { code: 'UNIQUE_VIOLATION' });
      // a service that starts finds nothing to change
      await store.ensureTables([cups]);
    },
  ),

  storeCase('a view can be rebuilt again and again', async (lab) => {
    const store = await lab.store(cups);
    for (const round of numbers(3)) {
      const { generation, table } = await store.views.beginRebuild('cups', cups);
      assert.equal(generation, round + 1);
      assert.equal(await store.count(table, []), 0);
      for (const id of numbers(round)) await write(store, generation, table, id);
      assert.equal(await store.views.swap('cups', generation, cups, []), true);
      assert.equal(await store.count(cups, []), round);
      await store.ensureTables([cups]);
    }
    assert.equal(await store.count(old, []), 2);
  }),

  storeCase(
    'a newer rebuild takes the place of an older one, whose plans and swap come to nothing',
    async (lab) => {
      const store = await lab.store(cups);
      const first = await store.views.beginRebuild('cups', cups);
      await write(store, first.generation, first.table, 1);
      await store.views.hold('cups', first.generation);
      const second = await store.views.beginRebuild('cups', cups);
      assert.ok(second.generation > first.generation);
      assert.deepEqual(await store.views.current('cups'), { live: 1, next: second.generation, held: false });
      assert.equal(await store.count(second.table, []), 0, 'it begins with an empty table');
      assert.equal((await write(store, first.generation, first.table)).kind, 'held');
      assert.equal(await store.views.hold('cups', first.generation), false);
      assert.equal(await store.views.swap('cups', first.generation, cups, []), false);
      await store.views.abandon('cups', first.generation, cups);
      assert.equal((await write(store, second.generation, second.table)).kind, 'committed');
      assert.equal(await store.views.swap('cups', second.generation, cups, []), true);
      assert.equal(await store.views.swap('cups', second.generation, cups, []), false);
    },
  ),

  storeCase(
    'a rebuild that is abandoned leaves the live table as it is, and its number is not used again',
    async (lab) => {
      const store = await lab.store(cups);
      await store.views.current('cups');
      await write(store, 1, cups, 1);
      const first = await store.views.beginRebuild('cups', cups);
      await write(store, first.generation, first.table, 2);
      await store.views.abandon('cups', first.generation, cups);
      assert.deepEqual(await store.views.current('cups'), { live: 1, next: undefined, held: false });
      assert.deepEqual(await ids(store, cups, everything), [1]);
      await assert.rejects(store.count(first.table, []), { code: 'STORE_FAILED' });
      assert.equal((await write(store, first.generation, first.table)).kind, 'held');
      const second = await store.views.beginRebuild('cups', cups);
      assert.equal(second.generation, first.generation + 1);
    },
  ),

  storeCase(
    'a swap drops what is parked for the handlers of the old generation, and nothing else',
    async (lab) => {
      const store = await lab.store(cups);
      const { generation } = await store.views.beginRebuild('cups', cups);
      const mine = handlerOf('stock', generation);
      for (const handler of ['stock', 'second', mine, 'other'])
        for (const id of ['a', 'b']) await store.parking.park(record(id, 'k', { handler }));
      assert.equal(await store.views.swap('cups', generation, cups, ['stock', 'second']), true);
      assert.deepEqual(await waiting(store, 'k', 'stock'), []);
      assert.deepEqual(await waiting(store, 'k', 'second'), []);
      assert.deepEqual(await waiting(store, 'k', mine), ['a', 'b']);
      assert.deepEqual(await waiting(store, 'k', 'other'), ['a', 'b']);
    },
  ),

  storeCase('who reads meanwhile sees the one table or the other, never half of one', async (lab) => {
    const [store, reader] = (await lab.stores(2, cups)) as [Store, Store];
    await store.views.current('cups');
    for (const id of numbers(20)) await write(store, 1, cups, id);
    const { generation, table } = await store.views.beginRebuild('cups', cups);
    for (const id of numbers(30)) await write(store, generation, table, id);
    const seen = new Set<number>();
    const over = new AbortController();
    const reading = (async () => {
      while (!over.signal.aborted) {
        seen.add((await reader.select(cups, everything)).length);
        // an engine that answers at once must not keep the other from its turn
        await turn();
      }
    })();
    assert.equal(await store.views.swap('cups', generation, cups, []), true);
    await lab.until('the reader sees the new table', async () => seen.has(30));
    over.abort();
    await reading;
    assert.deepEqual(
      [...seen].filter((rows) => rows !== 20 && rows !== 30),
      [],
    );
  }),

  storeCase('a plan that read the old table before a swap does not change the new one', async (lab) => {
    const store = await lab.store(cups);
    await store.views.current('cups');
    await write(store, 1, cups, 1);
    const { generation, table } = await store.views.beginRebuild('cups', cups);
    await write(store, generation, table, 1, 'rebuilt');
    const late = plan({
      changes: [update(cups, 1, 1, { name: 'late' })],
      inbox: { ...mark('late'), view: { name: 'cups', generation: 1 } },
    });
    await store.views.swap('cups', generation, cups, []);
    assert.deepEqual(await store.commit(late), { kind: 'held' });
    assert.equal((await store.get(cups, 1))!.values['name'], 'rebuilt');
  }),
];

let written = 0;

/** Writes a row into a generation of the view: of the live table, or where it says. */
function write(
  store: Store,
  generation: number,
  table = cups,
  id = ++written + 1_000,
  name = `cup ${id}`,
): Promise<CommitOutcome> {
  const handler = handlerOf('stock', generation);
  const inbox = { handler, eventId: `e${++written}`, key: null, view: { name: 'cups', generation } };
  return store.commit(plan({ changes: [insert(table, id, { name })], inbox }));
}

async function counts(store: Store, ...tables: readonly TableDefinition[]): Promise<number[]> {
  return Promise.all(tables.map((table) => store.count(table, [])));
}
