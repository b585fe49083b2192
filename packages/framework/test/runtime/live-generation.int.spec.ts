import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/logger.js';
import { LiveGeneration } from '../../src/runtime/rebuild/live-generation.js';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { openLab } from '../fixtures/lab.js';
import { market, newRules, rules, sold } from '../fixtures/market.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

const table = { name: 'sales', columns: [], indexes: [] };

describe('while a view is held', () => {
  it('one look after the other serves all handlers that wait for it, and none of them goes on before', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    const store = new SqliteStore({
      path: `${folder.path}/sales.db`,
      clock: systemClock,
      random: Math.random,
    });
    await store.open();
    try {
      const lease = await store.leases.acquire('rebuild:sales', 'test', 60_000);
      const { generation } = await store.views.beginRebuild('sales', table);
      await store.views.hold('sales', generation);
      let looks = 0;
      const current = store.views.current.bind(store.views);
      store.views.current = (view) => (looks++, current(view));
      const live = new LiveGeneration({
        name: 'sales',
        table,
        handlers: ['SaleView'],
        store,
        owner: 'test',
        clock,
        logger: silentLogger,
        moved: async () => {},
      });
      const over = new AbortController();
      const left = new AbortController();
      let free = 0;
      const waiting = Array.from({ length: 20 }, async (_, index) => {
        // each comes at another time
        await clock.sleep(index);
        await live.moved(index === 0 ? left.signal : over.signal);
        free++;
      });
      const pass = async (ms: number) => {
        for (let passed = 0; passed < ms; passed++) {
          await clock.advance(1);
          await turn();
        }
      };
      await pass(1_000);
      expect(free).toBe(0);
      expect(looks).toBeLessThanOrEqual(1_000 / 25 + 1);
      left.abort();
      await turn();
      expect(free).toBe(1);
      await store.views.swap('sales', generation, table, ['SaleView']);
      await pass(50);
      expect(free).toBe(20);
      expect(live.generation).toBe(generation);
      await Promise.all(waiting);
      await store.leases.release(lease!);
    } finally {
      await store.close();
    }
  });

  it('keys of other handlers that wait for their turn are worked off', async () => {
    using folder = temporaryFolder();
    newRules();
    // looks every 100 ms instead of every 30 s
    const clock = {
      now: () => systemClock.now(),
      sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms === 30_000 ? 100 : ms, signal),
    };
    await using lab = await openLab(folder.path, market, { clock, random: () => 0 });
    await lab.send(sold(1));
    await lab.drained();
    const sales = lab.assembly.collections.find(({ name }) => name === 'sales')!;
    const lease = await lab.store.leases.acquire('rebuild:sales', 'test', 60_000);
    const { generation } = await lab.store.views.beginRebuild('sales', sales.table);
    await lab.store.views.hold('sales', generation);
    let looks = 0;
    const current = lab.store.views.current.bind(lab.store.views);
    lab.store.views.current = (view) => (view === 'sales' && looks++, current(view));
    // the regular look has met the hold
    await until(
      () => looks,
      (seen) => seen >= 5,
    );
    const place = { topic: market.topic, partition: 0, offset: 1_000, timestamp: 0 };
    await lab.store.parking.park({
      ...place,
      handler: 'Courtesy',
      key: '7',
      eventId: `${market.topic}/0/1000`,
      eventType: 'Sold',
      recordKey: '7',
      headers: {},
      value: Buffer.from(JSON.stringify({ eventType: 'Sold', ...sold(7).fields })),
      reason: null,
      attempts: 0,
    });
    await until(
      () => rules.thanked,
      (thanked) => thanked === 2,
    );
    await lab.store.views.abandon('sales', generation, sales.table);
    await lab.store.leases.release(lease!);
  });
});
