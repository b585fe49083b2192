import { describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { IdAllocator } from '../../src/runtime/id-allocator.js';
import { systemClock } from '../../src/kernel/clock.js';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const table = (name: string) => ({ name, columns: [], indexes: [] });
const [orders, payments] = [table('orders'), table('payments')];

async function openStore(folder: string) {
  const store = new SqliteStore({ path: `${folder}/ids.db`, clock: systemClock, random: Math.random });
  await store.open();
  return Object.assign(new FaultyStore(store), { [Symbol.asyncDispose]: () => store.close() });
}
const many = (ids: IdAllocator, count: number) =>
  Promise.all(Array.from({ length: count }, () => ids.next(orders)));
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

describe('an id allocator', () => {
  it('counts from 1 for each table', async () => {
    using folder = temporaryFolder();
    await using store = await openStore(folder.path);
    const ids = new IdAllocator(store);
    expect([await ids.next(orders), await ids.next(orders), await ids.next(payments)]).toEqual([1, 2, 1]);
  });

  it('gives no id twice to those who ask at once, beyond the end of a block', async () => {
    using folder = temporaryFolder();
    await using store = await openStore(folder.path);
    expect(sorted(await many(new IdAllocator(store), 100))).toEqual(oneTo(100));
  });

  it('shares one reservation among those who wait for it', async () => {
    using folder = temporaryFolder();
    await using store = await openStore(folder.path);
    const held = store.holdNext('reserveIds');
    const asking = many(new IdAllocator(store), 32);
    await held.reached;
    // another one would be let through, and begin with 1
    expect(await store.reserveIds(payments, 1)).toEqual({ first: 1, last: 1 });
    held.release();
    expect(sorted(await asking)).toEqual(oneTo(32));
    expect(await store.reserveIds(orders, 1)).toEqual({ first: 33, last: 33 });
  });

  it('gives no id twice where several processes share the database', async () => {
    using folder = temporaryFolder();
    await using store = await openStore(folder.path);
    await using other = await openStore(folder.path);
    const all = await Promise.all([many(new IdAllocator(store), 70), many(new IdAllocator(other), 70)]);
    expect(new Set(all.flat()).size).toBe(140);
  });

  it('goes on without a gap after a clean stop', async () => {
    using folder = temporaryFolder();
    await using store = await openStore(folder.path);
    const first = new IdAllocator(store);
    await many(first, 3);
    await first.release();
    const second = new IdAllocator(store);
    expect(await second.next(orders)).toBe(4);
    expect(await first.next(orders)).toBeGreaterThan(4);
  });

  it('gives nothing back when all was used', async () => {
    using folder = temporaryFolder();
    await using store = await openStore(folder.path);
    const ids = new IdAllocator(store);
    await many(ids, 32);
    const given = new Latch();
    store.failNext('releaseIds', new Error('nothing to give back'));
    await ids.release().then(() => given.open());
    expect(given.isOpen).toBe(true);
  });

  it('tells all who wait when no ids can be had, and works again afterwards', async () => {
    using folder = temporaryFolder();
    await using store = await openStore(folder.path);
    const ids = new IdAllocator(store);
    store.failNext('reserveIds', new StoreUnavailableError('test'));
    const outcomes = await Promise.allSettled([ids.next(orders), ids.next(orders)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await ids.next(orders)).toBe(1);
  });
});
