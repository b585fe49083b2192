import assert from 'node:assert/strict';
import { VersionConflictError } from '../../kernel/errors/store-errors.js';
import type { ParkedRecord } from '../../store/parking-lot.js';
import { type StoreCase, storeCase } from './store-case.js';
import {
  contents,
  cup,
  cups,
  event,
  eventIds,
  firstOf,
  mark,
  numbers,
  plan,
  record,
  update,
  waiting,
} from './store-samples.js';

export const redriveCases: readonly StoreCase[] = [
  storeCase('a plan for the first parked record is carried out and takes it away', async (lab) => {
    const store = await lab.store(cups);
    for (const id of ['a', 'b']) await store.parking.park(record(id, 'k'));
    for (const id of ['a', 'b']) {
      const { position } = await firstOf(store, 'k');
      const outcome = await store.commit(plan({ events: [event(id)], inbox: mark(id, 'k', position) }));
      assert.equal(outcome.kind, 'committed');
      assert.deepEqual(await store.commit(plan({ inbox: mark(id, 'k') })), { kind: 'duplicate' });
    }
    assert.deepEqual(await eventIds(store), ['a', 'b']);
    assert.equal(await store.parking.count(), 0);
    assert.equal((await store.commit(plan({ inbox: mark('c', 'k') }))).kind, 'committed');
  }),

  storeCase('a plan for a parked record that is not the first of its key is not carried out', async (lab) => {
    const store = await lab.store(cups);
    for (const id of ['a', 'b']) await store.parking.park(record(id, 'k'));
    const second = (await store.parking.records('stock', 'k', 0, 2))[1]!;
    const before = await contents(store);
    const early = plan({ changes: [cup(1)], inbox: mark('b', 'k', second.position) });
    assert.deepEqual(await store.commit(early), { kind: 'parked' });
    assert.deepEqual(await contents(store), before);
    assert.deepEqual(await waiting(store, 'k'), ['a', 'b']);
  }),

  storeCase(
    'a plan for a parked record that is gone is a duplicate and writes nothing, not even its mark',
    async (lab) => {
      const store = await lab.store(cups);
      const gone = plan({ changes: [cup(1)], events: [event('a')], inbox: mark('a', 'k', 7) });
      assert.deepEqual(await store.commit(gone), { kind: 'duplicate' });
      assert.deepEqual(await contents(store), { rows: [], events: [], parked: 0 });
      assert.equal((await store.commit(plan({ inbox: mark('a', 'k') }))).kind, 'committed');
    },
  ),

  storeCase('a parked record whose event was done meanwhile is taken away as a duplicate', async (lab) => {
    const store = await lab.store(cups);
    await store.parking.park(record('a', null));
    const [{ position }] = (await store.parking.records('stock', null, 0, 1)) as [ParkedRecord];
    await store.commit(plan({ inbox: mark('a', null) }));
    const late = plan({ changes: [cup(1)], inbox: mark('a', null, position) });
    assert.deepEqual(await store.commit(late), { kind: 'duplicate' });
    assert.deepEqual(await contents(store), { rows: [], events: [], parked: 0 });
  }),

  storeCase('a redrive that fails leaves the record where it was', async (lab) => {
    const store = await lab.store(cups);
    for (const id of ['a', 'b']) await store.parking.park(record(id, 'k'));
    const { position } = await firstOf(store, 'k');
    const failing = plan({ changes: [cup(1), update(cups, 9, 1, {})], inbox: mark('a', 'k', position) });
    await assert.rejects(store.commit(failing), VersionConflictError);
    assert.deepEqual(await waiting(store, 'k'), ['a', 'b']);
    assert.equal(await store.count(cups, []), 0);
    assert.equal((await store.commit(plan({ inbox: mark('a', 'k', position) }))).kind, 'committed');
  }),

  storeCase('records without a key are redriven in any order', async (lab) => {
    const store = await lab.store(cups);
    for (const id of ['a', 'b']) await store.parking.park(record(id, null));
    const [first, second] = await store.parking.records('stock', null, 0, 2);
    for (const { eventId, position } of [second!, first!]) {
      const outcome = await store.commit(plan({ inbox: mark(eventId, null, position) }));
      assert.equal(outcome.kind, 'committed');
    }
    assert.equal(await store.parking.count(), 0);
  }),

  storeCase('the same redrive by two stores at once takes effect once', async (lab) => {
    const stores = await lab.stores(2, cups);
    for (const turn of numbers(10)) {
      await stores[0]!.parking.park(record(`e${turn}`, 'k'));
      const { position } = await firstOf(stores[0]!, 'k');
      const outcomes = await Promise.all(
        stores.map((store, place) =>
          store.commit(plan({ changes: [cup(2 * turn + place)], inbox: mark(`e${turn}`, 'k', position) })),
        ),
      );
      assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['committed', 'duplicate']);
    }
    assert.equal(await stores[0]!.count(cups, []), 10);
  }),

  storeCase(
    'a dropped record is gone, and its event does not take effect when it comes again',
    async (lab) => {
      const store = await lab.store(cups);
      for (const id of ['a', 'b']) await store.parking.park(record(id, 'k'));
      const { position } = await firstOf(store, 'k');
      assert.equal(await store.parking.drop(position, mark('a', 'k')), true);
      assert.deepEqual(await waiting(store, 'k'), ['b']);
      const again = await store.commit(plan({ changes: [cup(1)], inbox: mark('a', 'k') }));
      assert.deepEqual(again, { kind: 'duplicate' });
      assert.equal(await store.parking.parkBehind(record('a', 'k', { reason: null })), true);
      assert.deepEqual(await waiting(store, 'k'), ['b']);
    },
  ),

  storeCase('dropping a record that is not there is false and marks nothing', async (lab) => {
    const store = await lab.store(cups);
    await store.parking.park(record('a', 'k'));
    const { position } = await firstOf(store, 'k');
    assert.equal(await store.parking.drop(position + 100, mark('b', 'other')), false);
    assert.equal((await store.commit(plan({ inbox: mark('b', 'other') }))).kind, 'committed');
    assert.equal(await store.parking.drop(position, mark('a', 'k')), true);
    assert.equal(await store.parking.drop(position, mark('a', 'k')), false);
  }),

  storeCase('dropping any waiting record of a key leaves the others in their order', async (lab) => {
    const store = await lab.store(cups);
    for (const id of ['a', 'b', 'c']) await store.parking.park(record(id, 'k'));
    const second = (await store.parking.records('stock', 'k', 0, 3))[1]!;
    assert.equal(await store.parking.drop(second.position, mark('b', 'k')), true);
    assert.deepEqual(await waiting(store, 'k'), ['a', 'c']);
    assert.equal((await store.commit(plan({ inbox: mark('d', 'k') }))).kind, 'parked');
  }),
];
