import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaseLostError, UnstorableValueError } from '../../kernel/errors/store-errors.js';
import { Latch } from '../../kernel/latch.js';
import type { Lease } from '../../store/leases.js';
import type { Store } from '../../store/store.js';
import { type StoreCase, storeCase } from './store-case.js';
import { cup, cups, event, eventIds, numbers, plan } from './store-samples.js';

const LONG_MS = 60_000;

export const outboxCases: readonly StoreCase[] = [
  storeCase('an event waits in the outbox exactly as it was given', async (lab) => {
    const store = await lab.store();
    const events = [
      event('plain', 'key'),
      { ...event('no key'), key: null },
      { ...event('no headers', ''), headers: {} },
      {
        eventId: 'é😀 "\'\\',
        topic: 'über',
        key: 'e\u0301 😀 % _',
        headers: { 'odd "name"': 'é\r\n😀', traceparent: '', nul: '\0' },
        value: JSON.stringify({ text: 'é😀\u2028\0', list: numbers(5_000) }),
      },
    ];
    await store.commit(plan({ events }));
    const entries = await store.outbox.read({ entries: 10, bytes: 1_000_000 });
    assert.deepEqual(
      entries.map(({ position: _position, committedAt: _committedAt, ...given }) => given),
      events,
    );
    // the database's clock may be another machine's
    for (const { committedAt } of entries) assert.ok(Math.abs(Date.now() - committedAt) < LONG_MS);
  }),

  storeCase('half of a surrogate pair in an event is refused, and the plan with it', async (lab) => {
    const store = await lab.store(cups);
    for (const odd of [{ key: '\uD83D' }, { value: '"\uDE00"' }, { eventId: '\uD83D' }]) {
      const refused = plan({ changes: [cup(1)], events: [{ ...event('e'), ...odd }] });
      await assert.rejects(store.commit(refused), UnstorableValueError);
    }
    assert.deepEqual(await eventIds(store), []);
    assert.equal(await store.count(cups, []), 0);
  }),

  storeCase(
    'events come in the order of their plan, and plans in the order of their commits',
    async (lab) => {
      const stores = await lab.stores(2);
      const expected: string[] = [];
      for (const turn of numbers(20)) {
        const own = numbers(3).map((place) => `${turn}.${place}`);
        expected.push(...own);
        await stores[turn % 2]!.commit(plan({ events: own.map((id) => event(id)) }));
      }
      assert.deepEqual(await eventIds(stores[0]!), expected);
      const positions = (await stores[1]!.outbox.read({ entries: 100, bytes: 1_000_000 })).map(
        ({ position }) => position,
      );
      assert.deepEqual(
        positions,
        positions.toSorted((a, b) => a - b),
      );
    },
  ),

  storeCase('a buffered plan can be read by all at once, its events too, and flush resolves', async (lab) => {
    const [store, other] = await lab.stores(2);
    await store!.ensureTables([cups]);
    await store!.commit({ ...plan({ changes: [cup(1)], events: [event('a')] }), durability: 'buffered' });
    assert.equal(await other!.count(cups, []), 1);
    await store!.flush();
    assert.deepEqual(await eventIds(other!), ['a']);
    await store!.flush();
  }),

  storeCase('reading takes nothing away and gives no more than the limit', async (lab) => {
    const store = await lab.store();
    await store.commit(plan({ events: ['a', 'b', 'c'].map((id) => event(id)) }));
    assert.equal((await store.outbox.read({ entries: 2, bytes: 1_000_000 })).length, 2);
    assert.equal((await store.outbox.read({ entries: 2, bytes: 1_000_000 }))[0]?.eventId, 'a');
    assert.deepEqual(await eventIds(store), ['a', 'b', 'c']);
  }),

  storeCase(
    'reading gives no more bytes than the limit, but always one entry, however large',
    async (lab) => {
      const store = await lab.store();
      const large = JSON.stringify({ text: 'x'.repeat(40_000) });
      await store.commit(plan({ events: ['a', 'b', 'c'].map((id) => ({ ...event(id), value: large })) }));
      const read = async (bytes: number) =>
        (await store.outbox.read({ entries: 10, bytes })).map(({ eventId }) => eventId);
      assert.deepEqual(await read(100), ['a']);
      assert.deepEqual(await read(100_000), ['a', 'b']);
      assert.deepEqual(await read(1_000_000), ['a', 'b', 'c']);
    },
  ),

  storeCase('removing under the lease takes away what is named and nothing else, also twice', async (lab) => {
    const store = await lab.store();
    const lease = await leader(store);
    await store.commit(plan({ events: ['a', 'b', 'c', 'd'].map((id) => event(id)) }));
    const positions = (await store.outbox.read({ entries: 4, bytes: 1_000_000 })).map(
      ({ position }) => position,
    );
    await store.outbox.remove([positions[0]!, positions[2]!], lease);
    assert.deepEqual(await eventIds(store), ['b', 'd']);
    await store.outbox.remove(positions.slice(0, 3), lease);
    await store.outbox.remove([], lease);
    assert.deepEqual(await eventIds(store), ['d']);
  }),

  storeCase(
    'removing under a lease that was taken over throws LeaseLostError and removes nothing',
    async (lab) => {
      const [old, next] = await lab.stores(2);
      await old!.commit(plan({ events: [event('a')] }));
      const positions = (await old!.outbox.read({ entries: 1, bytes: 1_000_000 })).map(
        ({ position }) => position,
      );
      const lost = (await old!.leases.acquire('relay', 'old', 1))!;
      const held = await lab.until('the lease has run out', () =>
        next!.leases.acquire('relay', 'next', LONG_MS),
      );
      await assert.rejects(old!.outbox.remove(positions, lost), LeaseLostError);
      await assert.rejects(old!.outbox.remove(positions, { ...lost, owner: 'next' }), LeaseLostError);
      assert.deepEqual(await eventIds(old!), ['a']);
      await next!.outbox.remove(positions, held);
      assert.deepEqual(await eventIds(old!), []);
    },
  ),

  storeCase('a position is never given twice, so a late removal hits no newer event', async (lab) => {
    const store = await lab.store();
    const lease = await leader(store);
    await store.commit(plan({ events: [event('a'), event('b')] }));
    const old = (await store.outbox.read({ entries: 2, bytes: 1_000_000 })).map(({ position }) => position);
    await store.outbox.remove(old, lease);
    await store.commit(plan({ events: [event('c'), event('d')] }));
    await store.outbox.remove(old, lease);
    assert.deepEqual(await eventIds(store), ['c', 'd']);
  }),

  storeCase('the status tells how many wait and since when the oldest does', async (lab) => {
    const store = await lab.store();
    const lease = await leader(store);
    assert.deepEqual(await store.outbox.status(), { pending: 0, oldestAt: null });
    await store.commit(plan({ events: [event('a')] }));
    await sleep(5);
    await store.commit(plan({ events: [event('b')] }));
    const [first, second] = await store.outbox.read({ entries: 2, bytes: 1_000_000 });
    assert.deepEqual(await store.outbox.status(), { pending: 2, oldestAt: first!.committedAt });
    await store.outbox.remove([first!.position], lease);
    assert.deepEqual(await store.outbox.status(), { pending: 1, oldestAt: second!.committedAt });
  }),

  storeCase('a listener is called after a commit with events, and sees them', async (lab) => {
    const store = await lab.store();
    const seen = new Latch();
    store.outbox.onAppended(() => {
      void eventIds(store).then((ids) => ids.includes('a') && seen.open());
    });
    await store.commit(plan({ events: [event('a')] }));
    await lab.until('the listener saw the event', async () => seen.isOpen);
  }),

  storeCase('a listener of the same process has been called when the commit resolves', async (lab) => {
    const store = await lab.store();
    let calls = 0;
    store.outbox.onAppended(() => calls++);
    await store.commit(plan({ events: [event('a')] }));
    assert.ok(calls > 0);
  }),

  storeCase('a listener that was taken off is not called any more, others still are', async (lab) => {
    const store = await lab.store();
    let calls = 0;
    const marker = new Latch();
    const takeOff = store.outbox.onAppended(() => calls++);
    store.outbox.onAppended(() => marker.open());
    takeOff();
    takeOff();
    // more than one, so that a call that comes late for the first shows as well
    for (const turn of numbers(5)) {
      await store.commit(plan({ events: [event(`e${turn}`)] }));
      await sleep(2);
    }
    await lab.until('the other listener was called', async () => marker.isOpen);
    assert.equal(calls, 0);
  }),

  storeCase(
    'a listener is called after commits of another process, and sees each event soon',
    async (lab) => {
      const [writer, reader] = await lab.stores(2);
      let last: string | undefined;
      reader!.outbox.onAppended(() => {
        void eventIds(reader!).then((ids) => (last = ids.at(-1)));
      });
      for (const turn of numbers(20)) {
        await writer!.commit(plan({ events: [event(`e${turn}`)] }));
        await lab.until('the listener saw the event', async () => last === `e${turn}`);
      }
    },
    (capabilities) =>
      capabilities.notifiesOtherProcesses ? undefined : 'the engine does not notify other processes',
  ),
];

async function leader(store: Store): Promise<Lease> {
  return (await store.leases.acquire('relay', 'leader', LONG_MS))!;
}
