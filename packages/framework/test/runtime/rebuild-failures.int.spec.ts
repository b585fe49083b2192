import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
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
});
