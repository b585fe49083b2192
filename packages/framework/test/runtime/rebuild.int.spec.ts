import { describe, expect, it } from 'vitest';
import { openLab } from '../fixtures/lab.js';
import { ended, many, market, newRules, rebuilt, rules, sold, sum } from '../fixtures/market.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

describe('a rebuild', () => {
  it('makes a view anew from the start of the log, with the rules of now', async () => {
    using folder = temporaryFolder();
    newRules();
    await using lab = await openLab(folder.path, market);
    await lab.send(...many(50), sold(1), sold(1));
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(52);
    rules.factor = 10;
    const end = await rebuilt(lab, 'sales');
    expect(end).toMatchObject({ name: 'sales', generation: 2, oldRows: 50 });
    expect(end.progress!.done).toBe(end.progress!.total);
    expect(end.progress!.done).toBeGreaterThanOrEqual(52);
    expect(sum(await lab.rows('sales'))).toBe(520);
    // live events go on in the new generation
    await lab.send(sold(1), sold(99));
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(540);
    await lab.assembly.rebuilds.dropOld('sales');
    expect(await lab.assembly.rebuilds.one('sales')).toMatchObject({ generation: 2, oldRows: undefined });
    // the other view and all rows of aggregates are as they were
    expect(await lab.assembly.rebuilds.one('shops')).toMatchObject({ generation: 1, state: 'live' });
  });

  it('never replays a policy', async () => {
    using folder = temporaryFolder();
    newRules();
    await using lab = await openLab(folder.path, market);
    await lab.send(...many(20));
    await lab.drained();
    await until(
      () => lab.store.outbox.status(),
      ({ pending }) => pending === 0,
    );
    await rebuilt(lab, 'sales');
    await rebuilt(lab, 'shops');
    expect(rules.thanked).toBe(20);
    expect(await lab.rows('thanks')).toHaveLength(20);
    expect((await lab.store.outbox.status()).pending).toBe(0);
  });

  it('gives its rows ids that no later row can meet', async () => {
    using folder = temporaryFolder();
    newRules();
    rules.shopOf = () => 'all';
    await using lab = await openLab(folder.path, market);
    const shops = (begin: number) =>
      Array.from({ length: 40 }, (_, index) => sold(begin + index, `shop ${begin + index}`));
    await lab.send(...shops(1));
    await lab.drained();
    expect(await lab.rows('shops')).toHaveLength(1);
    newRules();
    await rebuilt(lab, 'shops');
    expect(await lab.rows('shops')).toHaveLength(40);
    const before = lab.logged.length;
    await lab.send(...shops(41));
    await lab.drained();
    expect(await lab.rows('shops')).toHaveLength(80);
    expect(lab.logged.slice(before).filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('reads rows of the new generation only, also those that a handler asks for', async () => {
    using folder = temporaryFolder();
    newRules();
    await using lab = await openLab(folder.path, market);
    await lab.send(...many(40));
    await lab.drained();
    rules.factor = 0;
    await rebuilt(lab, 'shops');
    const rows = await lab.rows('shops');
    // a read of the old generation would have found 20 as the best
    expect(Object.fromEntries(rows.map(({ shop, sold: all, best }) => [shop, [all, best]]))).toEqual({
      north: [0, 0],
      south: [0, 0],
    });
  });

  it('loses and doubles nothing while events keep coming, and readers see the one table or the other', async () => {
    using folder = temporaryFolder();
    newRules();
    await using lab = await openLab(folder.path, market);
    await lab.send(...many(400));
    await lab.drained();
    const over = new AbortController();
    let sent = 400;
    const writing = (async () => {
      while (!over.signal.aborted) {
        await lab.send(...many(5, sent + 1));
        sent += 5;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const seen: number[] = [];
    const reading = (async () => {
      while (!over.signal.aborted) {
        seen.push((await lab.rows('sales')).length);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    await rebuilt(lab, 'sales');
    const atSwap = sent;
    await until(
      () => sent,
      (count) => count >= atSwap + 50,
    );
    over.abort();
    await Promise.all([writing, reading]);
    await lab.drained();
    const all = await lab.rows('sales');
    expect(all.map(({ id }) => id)).toEqual(
      Array.from({ length: Math.min(sent, 1_000) }, (_, index) => index + 1),
    );
    expect(
      await lab.store.count(lab.assembly.collections.find(({ name }) => name === 'sales')!.table, []),
    ).toBe(sent);
    expect(all.every(({ amount }) => amount === 1)).toBe(true);
    // half of a table would be fewer than before
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(400);
    expect(await lab.store.parking.count()).toBe(0);
  });

  it('lets another process go on with the new generation', async () => {
    using folder = temporaryFolder();
    newRules();
    await using first = await openLab(folder.path, market);
    await using second = await openLab(folder.path, market);
    await until(
      async () => (await second.assembly.consumer!.lag()).length,
      (partitions) => partitions > 0,
    );
    await first.send(...many(60));
    const drained = async () =>
      until(
        async () => {
          const lags = [
            ...(await first.assembly.consumer!.lag()),
            ...(await second.assembly.consumer!.lag()),
          ];
          return lags.length === 6 && lags.every(({ lag }) => lag === 0);
        },
        (done) => done,
      );
    await drained();
    rules.factor = 10;
    await first.assembly.rebuilds.begin('sales');
    await expect(second.assembly.rebuilds.begin('sales')).rejects.toMatchObject({ code: 'REBUILD_RUNNING' });
    expect((await ended(first, 'sales')).state).toBe('done');
    await first.send(...many(60));
    await drained();
    const rows = await second.rows('sales');
    expect(rows).toHaveLength(60);
    expect(rows.every(({ amount }) => amount === 20)).toBe(true);
    expect(await second.assembly.rebuilds.one('sales')).toMatchObject({ generation: 2 });
  });

  it('goes on after a restart with the generation that is live', async () => {
    using folder = temporaryFolder();
    newRules();
    {
      await using lab = await openLab(folder.path, market);
      await lab.send(...many(10));
      await lab.drained();
      await rebuilt(lab, 'sales');
    }
    await using lab = await openLab(folder.path, market);
    await lab.send(...many(10));
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(20);
    expect(lab.logged.filter(({ msg }) => msg.includes('cannot be handled'))).toEqual([]);
    expect(await rebuilt(lab, 'sales')).toMatchObject({ generation: 3 });
    expect(sum(await lab.rows('sales'))).toBe(20);
  });

  it('parks what it cannot handle under its own generation, and the swap drops what the old one has parked', async () => {
    using folder = temporaryFolder();
    newRules();
    let broken = 3;
    rules.sale = async ({ id }) => {
      if (id === broken) throw new TypeError('no such sale');
    };
    await using lab = await openLab(folder.path, market, { random: () => 0 });
    await lab.send(...many(5));
    await lab.drained();
    const handlers = async () =>
      (await lab.store.parking.keys(0, 10)).map(({ handler, key }) => [handler, key]);
    expect(await handlers()).toEqual([['SaleView', '3']]);
    broken = 4;
    await rebuilt(lab, 'sales');
    expect(await handlers()).toEqual([['SaleView@2', '4']]);
    expect((await lab.rows('sales')).map(({ id }) => id)).toEqual([1, 2, 3, 5]);
    await lab.send(sold(4));
    await lab.drained();
    // the live handler did not know yet that it writes to another generation, and has not parked anything for the old one
    expect(await handlers()).toEqual([['SaleView@2', '4']]);
    broken = 0;
    expect(await lab.assembly.redrive.key('SaleView@2', '4')).toMatchObject({ done: 2 });
    expect((await lab.rows('sales')).map(({ id, amount }) => [id, amount])).toContainEqual([4, 2]);
  });

  it('finds what failed in another process that did not know yet of the new generation', async () => {
    using folder = temporaryFolder();
    newRules();
    const atOnce = { random: () => 0 };
    await using first = await openLab(folder.path, market, atOnce);
    await using second = await openLab(folder.path, market, atOnce);
    await until(
      async () => (await second.assembly.consumer!.lag()).length,
      (partitions) => partitions === 3,
    );
    await rebuilt(first, 'sales');
    rules.sale = async () => {
      throw new TypeError('no sale today');
    };
    await first.send(...many(20));
    const keys = async () => (await first.store.parking.keys(0, 100)).map(({ handler }) => handler);
    await until(keys, (handlers) => handlers.filter((handler) => handler === 'SaleView@2').length === 20);
    // what it had parked for the old one first is cleared away
    await until(keys, (handlers) => handlers.length === 20);
  });

  it('has what failed while the live view was held, though that was parked for the old generation', async () => {
    using folder = temporaryFolder();
    newRules();
    await using lab = await openLab(folder.path, market, { random: () => 0 });
    await lab.send(...many(5));
    await lab.drained();
    const { table } = lab.assembly.collections.find(({ name }) => name === 'sales')!;
    // by hand, so that it can stand still between the hold and the swap
    const lease = await lab.store.leases.acquire('rebuild:sales', 'test', 60_000);
    const { generation } = await lab.store.views.beginRebuild('sales', table);
    await lab.store.views.hold('sales', generation);
    let isBroken = true;
    rules.sale = async () => {
      if (isBroken) throw new TypeError('no sale today');
    };
    await lab.send(sold(1));
    await until(
      () => lab.store.parking.count(),
      (parked) => parked === 1,
    );
    isBroken = false;
    await lab.store.views.swap('sales', generation, table, ['SaleView']);
    await lab.store.leases.release(lease!);
    await lab.drained();
    // the table was empty: the log is not what this is about
    expect((await lab.rows('sales')).map(({ id, amount }) => [id, amount])).toEqual([[1, 1]]);
    expect(await lab.store.parking.count()).toBe(0);
  });
});
