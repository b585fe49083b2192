import assert from 'node:assert/strict';
import { type StoreCase, storeCase } from './store-case.js';
import { contents, cup, cups, event, mark, numbers, plan, record } from './store-samples.js';

export const inboxCases: readonly StoreCase[] = [
  storeCase('a plan whose inbox mark is there already is a duplicate and writes nothing', async (lab) => {
    const store = await lab.store(cups);
    const first = await store.commit(plan({ changes: [cup(1)], events: [event('a')], inbox: mark('m') }));
    assert.equal(first.kind, 'committed');
    const before = await contents(store);
    const again = plan({ changes: [cup(2)], events: [event('b')], inbox: mark('m', 'other key') });
    assert.deepEqual(await store.commit(again), { kind: 'duplicate' });
    assert.deepEqual(await contents(store), before);
  }),

  storeCase('a duplicate is told before its changes are looked at', async (lab) => {
    const store = await lab.store(cups);
    await store.commit(plan({ changes: [cup(1)], inbox: mark('m') }));
    assert.deepEqual(await store.commit(plan({ changes: [cup(1)], inbox: mark('m') })), {
      kind: 'duplicate',
    });
  }),

  storeCase('marks are known after all stores were closed', async (lab) => {
    const before = await lab.store(cups);
    await before.commit(plan({ inbox: mark('m') }));
    await before.close();
    const after = await lab.store(cups);
    assert.deepEqual(await after.commit(plan({ inbox: mark('m') })), { kind: 'duplicate' });
  }),

  storeCase('each handler has marks of its own, told apart to the letter', async (lab) => {
    const store = await lab.store(cups);
    const marks = [
      mark('m'),
      { ...mark('m'), handler: 'Stock' },
      mark('M'),
      mark('m '),
      mark('é'),
      mark('e\u0301'),
    ];
    for (const inbox of marks) {
      assert.equal((await store.commit(plan({ inbox }))).kind, 'committed', JSON.stringify(inbox));
    }
  }),

  storeCase('a plan whose key is parked for its handler is not carried out', async (lab) => {
    const store = await lab.store(cups);
    await store.parking.park(record('first', 'k'));
    const before = await contents(store);
    const refused = plan({ changes: [cup(1)], events: [event('a')], inbox: mark('second', 'k') });
    assert.deepEqual(await store.commit(refused), { kind: 'parked' });
    assert.deepEqual(await contents(store), before);
    const free = [mark('third', 'other'), mark('fourth', null), { ...mark('second', 'k'), handler: 'other' }];
    for (const inbox of free) assert.equal((await store.commit(plan({ inbox }))).kind, 'committed');
  }),

  storeCase('a plan that was refused because its key is parked left no mark', async (lab) => {
    const store = await lab.store(cups);
    await store.parking.park(record('first', 'k'));
    assert.equal((await store.commit(plan({ inbox: mark('second', 'k') }))).kind, 'parked');
    const { position } = (await store.parking.first('stock', 'k'))!;
    await store.parking.drop(position, mark('first', 'k'));
    assert.equal((await store.commit(plan({ inbox: mark('second', 'k') }))).kind, 'committed');
  }),

  storeCase('an event that was done before its key was parked is a duplicate, not parked', async (lab) => {
    const store = await lab.store(cups);
    await store.commit(plan({ inbox: mark('done', 'k') }));
    await store.parking.park(record('failing', 'k'));
    assert.deepEqual(await store.commit(plan({ inbox: mark('done', 'k') })), { kind: 'duplicate' });
  }),

  storeCase('a record parked without a key holds up no other plan', async (lab) => {
    const store = await lab.store(cups);
    await store.parking.park(record('alone', null));
    assert.equal((await store.commit(plan({ inbox: mark('other', null) }))).kind, 'committed');
  }),

  storeCase(
    'pruning forgets marks beyond the age, no more than the limit, and tells how many',
    async (lab) => {
      const store = await lab.store(cups);
      for (const id of numbers(5)) await store.commit(plan({ inbox: mark(`m${id}`) }));
      assert.equal(await store.pruneInbox(60_000, 100), 0);
      const counts: number[] = [];
      await lab.until('all marks are old', async () => {
        const count = await store.pruneInbox(1, 2);
        if (count > 0) counts.push(count);
        return counts.reduce((sum, one) => sum + one, 0) === 5;
      });
      assert.ok(counts.every((count) => count <= 2));
      assert.equal((await store.commit(plan({ inbox: mark('m1') }))).kind, 'committed');
    },
  ),
];
