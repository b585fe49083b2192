import assert from 'node:assert/strict';
import type { ParkedRecord, RecordToPark } from '../../store/parking-lot.js';
import { type StoreCase, storeCase } from './store-case.js';
import { firstOf, mark, numbers, plan, record, waiting } from './store-samples.js';

export const parkingCases: readonly StoreCase[] = [
  storeCase('a parked record comes back byte for byte as it was', async (lab) => {
    const store = await lab.store();
    const bytes = Uint8Array.from({ length: 512 }, (_, place) => place % 256);
    const odd = 'é e\u0301 😀 \0 "\' \\ %';
    const records = [
      record('plain', 'k'),
      record('binary', 'k', { value: bytes, reason: null, attempts: 0 }),
      record('tombstone', 'k', { value: null, eventType: null, recordKey: null, headers: {} }),
      record('empty', 'k', { value: new Uint8Array(0), recordKey: '', offset: Number.MAX_SAFE_INTEGER }),
      record(odd, 'k', { recordKey: odd, eventType: odd, topic: odd, headers: { [odd]: odd }, timestamp: 0 }),
      record('odd reason', 'k', { reason: { code: odd, message: odd.repeat(1_000) } }),
    ];
    for (const one of records) await store.parking.park(one);
    const found = await store.parking.records('stock', 'k', 0, 100);
    assert.deepEqual(found.map(asGiven), records.map(inHex));
    for (const { parkedAt } of found) assert.ok(Math.abs(Date.now() - parkedAt) < 60_000);
  }),

  storeCase('keys with odd characters are parked each on its own', async (lab) => {
    const store = await lab.store();
    const keys = ['', 'a', 'A', 'a ', 'é', 'e\u0301', 'a\0', 'a\0b', '😀', 'null'];
    for (const key of keys) await store.parking.park(record(`event of ${key}`, key));
    for (const key of keys) assert.deepEqual(await waiting(store, key), [`event of ${key}`]);
    assert.equal(await store.parking.count(), keys.length);
  }),

  storeCase('parking the same handler and event again does nothing', async (lab) => {
    const store = await lab.store();
    await store.parking.park(record('a', 'k'));
    const before = await firstOf(store, 'k');
    await store.parking.park(record('a', 'other', { attempts: 8 }));
    await store.parking.park(record('a', 'k', { attempts: 9, reason: null }));
    assert.deepEqual(await store.parking.records('stock', 'k', 0, 10), [before]);
    assert.equal(await store.parking.count(), 1);
    await store.parking.park(record('a', 'k', { handler: 'other' }));
    assert.equal(await store.parking.count(), 2);
  }),

  storeCase('a record is parked behind others of its key only while its key is parked', async (lab) => {
    const store = await lab.store();
    const behind = record('b', 'k', { reason: null });
    assert.equal(await store.parking.parkBehind(behind), false);
    assert.deepEqual(await waiting(store, 'k'), []);
    await store.parking.park(record('a', 'k'));
    assert.equal(await store.parking.parkBehind(behind), true);
    assert.equal(await store.parking.parkBehind(behind), true);
    assert.deepEqual(await waiting(store, 'k'), ['a', 'b']);
    assert.equal(await store.parking.parkBehind(record('c', 'k', { handler: 'other' })), false);
    assert.equal(await store.parking.parkBehind(record('c', 'other')), false);
  }),

  storeCase('a record that comes again when its event is done is not parked', async (lab) => {
    const store = await lab.store();
    await store.commit(plan({ inbox: mark('done', 'k') }));
    assert.equal(await store.parking.park(record('done', 'k')), false);
    assert.deepEqual(await waiting(store, 'k'), []);
    assert.equal(await store.parking.park(record('a', 'k')), true);
    assert.equal(await store.parking.parkBehind(record('done', 'k', { reason: null })), true);
    assert.deepEqual(await waiting(store, 'k'), ['a']);
    assert.equal(await store.parking.park(record('done', 'k', { handler: 'other' })), true);
  }),

  storeCase('a record without a key never waits behind another', async (lab) => {
    const store = await lab.store();
    await store.parking.park(record('a', null));
    assert.equal(await store.parking.parkBehind(record('b', null)), false);
    assert.equal(await store.parking.count(), 1);
  }),

  storeCase('a record never slips behind a key that is being freed at the same moment', async (lab) => {
    const [one, other] = await lab.stores(2);
    for (const turn of numbers(20)) {
      const key = `k${turn}`;
      await one!.parking.park(record(`first ${turn}`, key));
      const { position } = await firstOf(one!, key);
      const [frees, parks] = turn % 2 ? [one!, other!] : [other!, one!];
      const [outcome, isBehind] = await Promise.all([
        frees.commit(plan({ inbox: mark(`first ${turn}`, key, position) })),
        parks.parking.parkBehind(record(`second ${turn}`, key, { reason: null })),
      ]);
      assert.deepEqual(outcome, { kind: 'committed', versions: [] });
      assert.deepEqual(await waiting(one!, key), isBehind ? [`second ${turn}`] : []);
      const later = await other!.commit(plan({ inbox: mark(`third ${turn}`, key) }));
      assert.equal(later.kind, isBehind ? 'parked' : 'committed');
    }
  }),

  storeCase('the records of a key come in the order of parking, page by page', async (lab) => {
    const store = await lab.store();
    for (const id of numbers(7)) {
      await store.parking.park(record(`e${id}`, 'k'));
      await store.parking.park(record(`o${id}`, 'other'));
    }
    const pages: string[][] = [];
    let after = 0;
    while (pages.length < 4) {
      const page = await store.parking.records('stock', 'k', after, 3);
      pages.push(page.map(({ eventId }) => eventId));
      after = page.at(-1)?.position ?? after;
    }
    assert.deepEqual(pages, [['e1', 'e2', 'e3'], ['e4', 'e5', 'e6'], ['e7'], []]);
  }),

  storeCase('the first record of a key is the one that was parked first', async (lab) => {
    const store = await lab.store();
    assert.equal(await store.parking.first('stock', 'k'), undefined);
    for (const id of ['a', 'b']) await store.parking.park(record(id, 'k'));
    assert.equal((await store.parking.first('stock', 'k'))?.eventId, 'a');
    assert.equal(await store.parking.first('other', 'k'), undefined);
  }),

  storeCase('the first of the records without a key is the one at the position', async (lab) => {
    const store = await lab.store();
    for (const id of ['a', 'b']) await store.parking.park(record(id, null));
    await store.parking.park(record('c', 'k'));
    const [, second] = await store.parking.records('stock', null, 0, 10);
    assert.equal((await store.parking.first('stock', null, second!.position))?.eventId, 'b');
    const { position } = await firstOf(store, 'k');
    assert.equal(await store.parking.first('stock', null, position), undefined);
    assert.equal(await store.parking.first('other', null, second!.position), undefined);
  }),

  storeCase('the parked keys come in the order of their first record, page by page', async (lab) => {
    const store = await lab.store();
    const given = [
      ['a', 'x'],
      ['b', null],
      ['c', 'y'],
      ['d', 'x'],
      ['e', null],
      ['f', 'x'],
      ['g', 'z'],
    ] as const;
    for (const [id, key] of given)
      await store.parking.park(record(id, key, id === 'd' ? { reason: null } : {}));
    await store.parking.park(record('a', 'x', { handler: 'other' }));
    const all = await store.parking.keys(0, 100);
    const told = all.map(({ handler, key, records }) => [handler, key, records]);
    assert.deepEqual(told, [
      ['stock', 'x', 3],
      ['stock', null, 1],
      ['stock', 'y', 1],
      ['stock', null, 1],
      ['stock', 'z', 1],
      ['other', 'x', 1],
    ]);
    assert.equal(await store.parking.count(), all.length);
    const first = await firstOf(store, 'x');
    assert.deepEqual(all[0], {
      handler: 'stock',
      key: 'x',
      records: 3,
      position: first.position,
      parkedAt: first.parkedAt,
      reason: first.reason,
    });
    const second = await store.parking.keys(all[1]!.position, 2);
    assert.deepEqual(second, all.slice(2, 4));
  }),

  storeCase('a failed attempt is noted with its reason, and counted', async (lab) => {
    const store = await lab.store();
    for (const id of ['a', 'b']) await store.parking.park(record(id, 'k', { attempts: 3 }));
    const [first, second] = await store.parking.records('stock', 'k', 0, 2);
    const reason = { code: 'STILL_SOLD_OUT', message: 'come back later' };
    await store.parking.failedAgain(first!.position, reason);
    const after = await store.parking.records('stock', 'k', 0, 2);
    assert.deepEqual(after, [{ ...first!, reason, attempts: 4 }, second!]);
    assert.deepEqual((await store.parking.keys(0, 1))[0]?.reason, reason);
    await store.parking.failedAgain(second!.position + 100, reason);
    await store.parking.failedAgain(second!.position, reason, 5);
    assert.equal((await store.parking.records('stock', 'k', 0, 2))[1]!.attempts, 8);
  }),

  storeCase('keys that only wait for their turn are told from those that have failed', async (lab) => {
    const store = await lab.store();
    const turnOnly = { reason: null };
    await store.parking.park(record('a', 'failed'));
    await store.parking.park(record('b', 'failed', turnOnly));
    await store.parking.park(record('c', 'aside', turnOnly));
    await store.parking.park(record('d', 'aside'));
    await store.parking.park(record('e', null));
    assert.deepEqual([await store.parking.count(), await store.parking.count('failed')], [3, 2]);
    const { position } = await firstOf(store, 'failed');
    await store.commit(plan({ inbox: mark('a', 'failed', position) }));
    assert.equal(await store.parking.count('failed'), 1);
    const first = await firstOf(store, 'aside');
    await store.parking.failedAgain(first.position, { code: 'NOW', message: 'it failed' });
    assert.equal(await store.parking.count('failed'), 2);
  }),
];

function asGiven({ position: _position, parkedAt: _parkedAt, ...given }: ParkedRecord): object {
  return inHex(given);
}

/** With the value as text, so that it does not matter which class of bytes an adapter gives. */
function inHex(given: RecordToPark): object {
  return { ...given, value: given.value && Buffer.from(given.value).toString('hex') };
}
