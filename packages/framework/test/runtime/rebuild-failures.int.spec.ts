import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Broker, Subscription } from '../../src/broker/broker.js';
import { systemClock } from '../../src/kernel/clock.js';
import { StoreFailedError, StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { inject } from '../../src/model/ambient.js';
import { repositoryOf } from '../../src/model/repository.js';
import { defineService } from '../../src/model/service-definition.js';
import { ViewHandler, When } from '../../src/model/view-handler.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { openLab } from '../fixtures/lab.js';
import {
  Sale,
  Shop,
  Sold,
  Thanked,
  Thanks,
  ended,
  many,
  market,
  newRules,
  rebuilt,
  rules,
  sum,
} from '../fixtures/market.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

describe('a rebuild that comes to nothing', () => {
  it('because a handler publishes or changes something else leaves no trace of it, and says what it was', async () => {
    using folder = temporaryFolder();
    newRules();
    let isRebuild = false;
    @ViewHandler(Sale)
    class Chatty {
      @When(Sold, { id: (e) => e.id })
      sold({ id, amount }: Sold, row: Sale) {
        row.amount += amount;
        if (isRebuild) new Thanked({ id }).publishAfterCommit();
      }
    }
    @ViewHandler(Shop)
    class Meddling {
      private readonly thanks = inject(repositoryOf(Thanks));
      @When(Sold, { where: (e) => ({ shop: e.shop }) })
      async sold({ id }: Sold, row: Shop) {
        row.sold++;
        if (isRebuild) this.thanks.add(new Thanks({ to: id }));
      }
    }
    const chatty = defineService({ ...market, views: [Chatty, Meddling] });
    await using lab = await openLab(folder.path, chatty, { random: () => 0 });
    await lab.send(...many(10));
    await lab.drained();
    isRebuild = true;
    for (const [name, what] of [
      ['sales', 'publishes Thanked'],
      ['shops', 'changes thanks'],
    ] as const) {
      await lab.assembly.rebuilds.begin(name);
      const end = await ended(lab, name);
      expect(end.failure).toMatchObject({ code: 'REBUILD_EFFECT', message: expect.stringContaining(what) });
      await until(
        () => lab.store.views.current(name),
        ({ next }) => next === undefined,
      );
    }
    isRebuild = false;
    await until(
      () => lab.store.parking.count(),
      (parked) => parked === 0,
    );
    await lab.send(...many(10));
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(20);
    expect(await lab.assembly.rebuilds.one('sales')).toMatchObject({ generation: 1 });
    await rebuilt(lab, 'sales');
    expect(sum(await lab.rows('sales'))).toBe(20);
  });

  it('because the service stops leaves the live view as it is', async () => {
    using folder = temporaryFolder();
    newRules();
    const [begun, gate] = [new Latch(), new Latch()];
    {
      await using lab = await openLab(folder.path, market);
      await lab.send(...many(10));
      await lab.drained();
      rules.sale = () => (begun.open(), gate.opened);
      await lab.assembly.rebuilds.begin('sales');
      await begun.opened;
      const stopping = lab.assembly.rebuilds.stop();
      gate.open();
      await stopping;
      expect(await lab.store.views.current('sales')).toEqual({ live: 1, next: undefined, held: false });
    }
    newRules();
    await using lab = await openLab(folder.path, market);
    expect(sum(await lab.rows('sales'))).toBe(10);
    await rebuilt(lab, 'sales');
    expect(sum(await lab.rows('sales'))).toBe(10);
  });

  it('because it stops leaves nothing behind that is still to come, not even of a handler that hangs', async () => {
    using folder = temporaryFolder();
    newRules();
    const [begun, gate, late] = [new Latch(), new Latch(), new Latch()];
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, market, {
      wrapStore: (real) => (store = new FaultyStore(real)),
      settings: { TOPIC_PARTITIONS: 1 },
    });
    await lab.send(...many(10));
    await lab.drained();
    let held = 0;
    rules.sale = async () => {
      if (held++ > 0) return;
      begun.open();
      await gate.opened;
      late.open();
    };
    await lab.assembly.rebuilds.begin('sales');
    await begun.opened;
    // another one is on its way to the store
    const commit = store.holdNext('commit', { where: ({ inbox }) => inbox?.handler === 'SaleView@2' });
    await commit.reached;
    let isOver = false;
    const stopping = lab.assembly.rebuilds.stop().then(() => (isOver = true));
    await until(
      () => lab.store.views.current('sales'),
      ({ next }) => next === undefined,
    );
    // without that commit it would be over by then
    await Promise.race([stopping, sleep(500)]);
    expect(isOver).toBe(false);
    commit.release();
    // it does not wait for the one that hangs
    await stopping;
    const commits: unknown[] = [];
    const write = store.commit.bind(store);
    store.commit = (plan) => (commits.push(plan.inbox?.handler), write(plan));
    gate.open();
    await late.opened;
    newRules();
    await rebuilt(lab, 'sales');
    expect(commits).not.toContain('SaleView@2');
    expect(sum(await lab.rows('sales'))).toBe(10);
  });

  it('because it cannot get past a record fails with what kept it from that', async () => {
    using folder = temporaryFolder();
    newRules();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, market, {
      random: () => 0,
      wrapStore: (real) => (store = new FaultyStore(real)),
    });
    await lab.send(...many(5));
    await lab.drained();
    rules.sale = async ({ id }) => {
      if (id === 3) throw new TypeError('no such sale');
    };
    const why = new StoreFailedError('test', 'parking');
    for (let nth = 1; nth <= 2; nth++) store.failNext('parking.park', why, { nth });
    await lab.assembly.rebuilds.begin('sales');
    const end = await ended(lab, 'sales');
    expect(end).toMatchObject({ state: 'failed', generation: 1 });
    expect(end.failure).toMatchObject({ code: 'REBUILD_STUCK', cause: why });
  });

  it('because the end of the log never comes lets the live view go on after a while', async () => {
    using folder = temporaryFolder();
    newRules();
    // half a second instead of thirty
    const clock = {
      now: () => systemClock.now(),
      sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms === 30_000 ? 500 : ms, signal),
    };
    await using lab = await openLab(folder.path, market, { clock, wrapBroker: withoutEnd });
    await lab.send(...many(10));
    await lab.drained();
    await lab.assembly.rebuilds.begin('sales');
    await until(
      () => lab.store.views.current('sales'),
      ({ held }) => held,
    );
    await lab.send(...many(10));
    const end = await ended(lab, 'sales');
    expect(end).toMatchObject({ state: 'failed', generation: 1, failure: { code: 'REBUILD_HOLD' } });
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(20);
  });

  it('because its process died while it held the view is ended by the first handler that meets the hold', async () => {
    using folder = temporaryFolder();
    newRules();
    await using lab = await openLab(folder.path, market);
    await lab.send(...many(10));
    await lab.drained();
    // all that a dead process leaves: the table, the hold, and no lease
    const { table } = lab.assembly.collections.find(({ name }) => name === 'sales')!;
    const { generation } = await lab.store.views.beginRebuild('sales', table);
    await lab.store.views.hold('sales', generation);
    await lab.send(...many(10));
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(20);
    expect(await lab.store.views.current('sales')).toEqual({ live: 1, next: undefined, held: false });
    expect(await rebuilt(lab, 'sales')).toMatchObject({ generation: generation + 1 });
  });

  it('is none because the store was away at the swap: it is tried again', async () => {
    using folder = temporaryFolder();
    newRules();
    let store!: FaultyStore;
    await using lab = await openLab(folder.path, market, {
      wrapStore: (real) => (store = new FaultyStore(real)),
    });
    await lab.send(...many(10));
    await lab.drained();
    store.failNext('views.hold', new StoreUnavailableError('test'));
    // it has happened, and its answer was lost
    store.failNext('views.swap', new StoreUnavailableError('test'), { after: true });
    expect(await rebuilt(lab, 'sales')).toMatchObject({ generation: 2 });
    await lab.send(...many(10));
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(20);
  });

  it('is none because another one began at the same moment: one of them is refused', async () => {
    using folder = temporaryFolder();
    newRules();
    const clock = { now: () => 1_800_000_000_000, sleep: systemClock.sleep.bind(systemClock) };
    await using lab = await openLab(folder.path, market, { clock });
    const { rebuilds } = lab.assembly;
    const both = await Promise.allSettled([rebuilds.begin('sales'), rebuilds.begin('sales')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'REBUILD_RUNNING' },
    });
    expect(await ended(lab, 'sales')).toMatchObject({ state: 'done', generation: 2 });
  });
});

/** Rebuilds never come to the end of that log: there is one thing more, and it is given to nobody. */
function withoutEnd(broker: Broker): Broker {
  const subscribe = broker.subscribe.bind(broker);
  broker.subscribe = async (options) => {
    const subscription: Subscription = await subscribe(options);
    const lag = subscription.lag.bind(subscription);
    if (options.group.includes('.rebuild.'))
      subscription.lag = async () => (await lag()).map((one) => ({ ...one, offset: 0, lag: 1 }));
    return subscription;
  };
  return broker;
}
