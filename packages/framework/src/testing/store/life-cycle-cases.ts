import assert from 'node:assert/strict';
import { SkanuError } from '../../kernel/errors/skanu-error.js';
import { StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import type { Store } from '../../store/store.js';
import { type StoreCase, storeCase } from './store-case.js';
import { commit, cup, cups, event, everything, mark, numbers, plan, record, which } from './store-samples.js';

const lease = { name: 'relay', owner: 'one', token: 1 };

/** Every call of the port that rejects. */
const calls: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  open: (store) => store.open(),
  ensureTables: (store) => store.ensureTables([cups]),
  reserveIds: (store) => store.reserveIds(cups, 1),
  releaseIds: (store) => store.releaseIds(cups, { first: 1, last: 1 }),
  get: (store) => store.get(cups, 1),
  select: (store) => store.select(cups, everything),
  count: (store) => store.count(cups, []),
  commit: (store) => store.commit(plan({ changes: [cup(1)], events: [event('a')], inbox: mark('m') })),
  pruneInbox: (store) => store.pruneInbox(1, 1),
  flush: (store) => store.flush(),
  ping: (store) => store.ping(),
  'outbox.read': (store) => store.outbox.read({ entries: 1, bytes: 1_000_000 }),
  'outbox.remove': (store) => store.outbox.remove([1], lease),
  'outbox.status': (store) => store.outbox.status(),
  'leases.acquire': (store) => store.leases.acquire('relay', 'one', 1_000),
  'leases.renew': (store) => store.leases.renew(lease, 1_000),
  'leases.release': (store) => store.leases.release(lease),
  'parking.park': (store) => store.parking.park(record('a', 'k')),
  'parking.parkBehind': (store) => store.parking.parkBehind(record('a', 'k')),
  'parking.first': (store) => store.parking.first('stock', 'k'),
  'parking.records': (store) => store.parking.records('stock', 'k', 0, 1),
  'parking.keys': (store) => store.parking.keys(0, 1),
  'parking.count': (store) => store.parking.count(),
  'parking.failedAgain': (store) => store.parking.failedAgain(1, { code: 'A', message: 'b' }),
  'parking.drop': (store) => store.parking.drop(1, mark('a', 'k')),
  'intents.open': (store) => store.intents.open({ id: 'a', operation: 'payment.approve', holdMs: 1 }),
  'intents.abandon': (store) => store.intents.abandon(['a']),
  'intents.due': (store) => store.intents.due(1, 1),
  'intents.undone': (store) => store.intents.undone('a'),
  'intents.failed': (store) => store.intents.failed('a', 1, 'away'),
  'intents.abandoned': (store) => store.intents.abandoned(1),
  'intents.status': (store) => store.intents.status(),
  'requests.find': (store) => store.requests.find('k'),
  'requests.prune': (store) => store.requests.prune(1, 1),
};

export const lifeCycleCases: readonly StoreCase[] = [
  ...Object.entries(calls).map(([name, call]) =>
    storeCase(`${name} rejects with StoreUnavailableError after close`, async (lab) => {
      const store = await lab.store(cups);
      await store.close();
      await assert.rejects(call(store), StoreUnavailableError);
    }),
  ),

  storeCase('a second close does nothing, also while the first is under way', async (lab) => {
    const store = await lab.store(cups);
    await Promise.all([store.close(), store.close()]);
    await store.close();
  }),

  storeCase('a store that was never opened can be closed', async (lab) => {
    const store = lab.unopened();
    await store.close();
    await assert.rejects(store.ping(), StoreUnavailableError);
  }),

  storeCase('close waits for the commits that were begun, and they are there', async (lab) => {
    const store = await lab.store(cups);
    const commits = Promise.all(numbers(50).map((id) => commit(store, cup(id))));
    await store.close();
    await commits;
    const after = await lab.store(cups);
    assert.equal(await after.count(cups, []), 50);
  }),

  storeCase('what was committed is there after the store was closed and another one opened', async (lab) => {
    const store = await lab.store(cups);
    await store.commit(plan({ changes: [cup(1, 7)], events: [event('a')], inbox: mark('m') }));
    await store.parking.park(record('b', 'k'));
    await store.close();
    const after = await lab.store(cups);
    assert.deepEqual((await after.get(cups, 1))?.values, { name: 'cup 1', qty: 7 });
    assert.equal((await after.outbox.read({ entries: 1, bytes: 1_000_000 }))[0]?.eventId, 'a');
    assert.equal((await after.commit(plan({ inbox: mark('m') }))).kind, 'duplicate');
    assert.equal(await after.parking.count(), 1);
  }),

  storeCase('ping resolves while the database answers', async (lab) => {
    const store = await lab.store();
    await store.ping();
  }),

  storeCase(
    'a read of a table or a column that is not there rejects with an error of the store',
    async (lab) => {
      const store = await lab.store(cups);
      const missing = { ...cups, name: 'saucers' };
      await assert.rejects(store.get(missing, 1), SkanuError);
      await assert.rejects(store.select(missing, everything), SkanuError);
      const odd = which([{ column: 'colour"; --', operator: 'eq', value: 1 }]);
      await assert.rejects(store.select(cups, odd), SkanuError);
      await assert.rejects(commit(store, { ...cup(1), table: missing }), SkanuError);
    },
  ),
];
