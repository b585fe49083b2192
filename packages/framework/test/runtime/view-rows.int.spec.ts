import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Latch } from '../../src/kernel/latch.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import type { HandlerClass } from '../../src/model/handler-note.js';
import { defineService } from '../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';
import { openLab } from '../fixtures/lab.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

const fields = z.object({ id: z.int(), shop: z.string(), amount: z.int() });
class Sold extends DomainEvent('Sold', fields, { key: (e) => e.id }) {}
class Returned extends DomainEvent('Returned', fields, { key: (e) => e.id }) {}

@View({ collection: 'shops', unique: ['shop'], finders: { findByShop: ['shop'] } })
class Shop extends ReadModel(
  z.object({
    shop: z.string().default(''),
    sold: z.int().default(0),
    returned: z.int().default(0),
    notes: z.array(z.string()).default([]),
  }),
) {}

const serviceWith = (...views: HandlerClass[]) => defineService({ name: 'sales', port: 0, views });
const sold = (id: number, shop: string, amount: number, key = String(id)) => ({
  key,
  eventType: 'Sold',
  fields: { id, shop, amount },
});
const returned = (id: number, shop: string, amount: number) => ({
  ...sold(id, shop, amount),
  eventType: 'Returned',
});
const atOnce = { random: () => 0 };

@ViewHandler(Shop)
class ById {
  @When(Sold, { id: (e) => e.id }) sold(event: Sold, row: Shop) {
    Object.assign(row, { shop: event.shop, sold: row.sold + event.amount });
  }
  @When(Returned, { id: (e) => e.id }) returned(event: Returned, row: Shop) {
    row.returned += event.amount;
    row.notes.push(`${event.amount} came back`);
  }
}

@ViewHandler(Shop)
class ByShop {
  @When(Sold, { where: (e) => ({ shop: e.shop }) }) sold({ amount }: Sold, row: Shop) {
    row.sold += amount;
  }
  @When(Returned, { where: (e) => ({ shop: e.shop }), create: false }) returned(
    { amount }: Returned,
    row: Shop,
  ) {
    row.returned += amount;
  }
}

describe('the row of an id', () => {
  it('is made by the first event and found by the next, whichever comes first', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, serviceWith(ById));
    await lab.send(returned(7, 'north', 1), sold(7, 'north', 5), sold(7, 'north', 2), sold(9, 'south', 1));
    await lab.drained();
    expect(await lab.rows('shops')).toEqual([
      { id: 7, version: 3, shop: 'north', sold: 7, returned: 1, notes: ['1 came back'] },
      { id: 9, version: 1, shop: 'south', sold: 1, returned: 0, notes: [] },
    ]);
  });

  it('made by events of two keys at the same moment is one row, with what both say', async () => {
    using folder = temporaryFolder();
    let readers = 0;
    const bothHaveRead = new Latch();
    @ViewHandler(Shop)
    class Racing {
      @When(Sold, { id: () => 1 }) async sold({ amount }: Sold, row: Shop) {
        if (++readers === 2) bothHaveRead.open();
        await bothHaveRead.opened;
        row.sold += amount;
      }
    }
    await using lab = await openLab(folder.path, serviceWith(Racing), atOnce);
    await lab.send(sold(1, 'x', 5, 'a'), sold(1, 'x', 2, 'b'));
    await lab.drained();
    expect(await lab.rows('shops')).toMatchObject([{ id: 1, version: 2, sold: 7 }]);
    expect(await lab.store.parking.count()).toBe(0);
    expect(readers).toBe(3);
  });

  it('takes what events of many keys bring at once: none of them is parked', async () => {
    using folder = temporaryFolder();
    @ViewHandler(Shop)
    class Total {
      @When(Sold, { id: () => 1 }) sold({ amount }: Sold, row: Shop) {
        row.sold += amount;
      }
    }
    await using lab = await openLab(folder.path, serviceWith(Total));
    await lab.send(...Array.from({ length: 100 }, (_, index) => sold(index + 1, 'x', 1)));
    await lab.drained();
    expect(await lab.store.parking.count()).toBe(0);
    expect(await lab.rows('shops')).toMatchObject([{ sold: 100 }]);
  });

  it.each([0, -1, 1.5, Number.NaN])(
    'cannot be that of the id %s: the event is parked and no row is made',
    async (id) => {
      using folder = temporaryFolder();
      @ViewHandler(Shop)
      class Wrong {
        @When(Sold, { id: () => id }) sold(_: Sold, row: Shop) {
          row.sold = 1;
        }
      }
      await using lab = await openLab(folder.path, serviceWith(Wrong), atOnce);
      await lab.send(sold(1, 'x', 1));
      await lab.drained();
      expect(await lab.store.parking.keys(0, 10)).toMatchObject([
        { handler: 'Wrong', reason: { code: 'INVALID_EVENT' } },
      ]);
      expect(await lab.rows('shops')).toEqual([]);
    },
  );
});

describe('the rows that fit', () => {
  it('are found, or one is made with the values that were asked for, or none where that is not wanted', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, serviceWith(ByShop));
    await lab.send(
      returned(1, 'north', 9),
      sold(1, 'north', 5),
      returned(1, 'north', 2),
      sold(1, 'south', 3),
    );
    await lab.drained();
    expect(await lab.rows('shops')).toMatchObject([
      { id: 1, shop: 'north', sold: 5, returned: 2 },
      { id: 2, shop: 'south', sold: 3, returned: 0 },
    ]);
  });

  it('are all given to the method, one after the other', async () => {
    using folder = temporaryFolder();
    @ViewHandler(Shop)
    class Everywhere {
      @When(Sold, { where: (e) => ({ shop: e.shop }) }) sold() {}
      @When(Returned, { where: () => ({}) }) returned({ amount }: Returned, row: Shop) {
        row.returned += amount;
      }
    }
    await using lab = await openLab(folder.path, serviceWith(Everywhere));
    await lab.send(sold(1, 'north', 1), sold(1, 'south', 1), returned(1, '', 4));
    await lab.drained();
    expect((await lab.rows('shops')).map(({ shop, returned: back }) => [shop, back])).toEqual([
      ['north', 4],
      ['south', 4],
    ]);
  });

  it('is made with the id that was asked for', async () => {
    @ViewHandler(Shop)
    class ByOwnId {
      @When(Sold, { where: (e) => ({ id: e.id }) }) sold({ shop }: Sold, row: Shop) {
        row.shop = shop;
      }
    }
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, serviceWith(ByOwnId));
    await lab.send(sold(7, 'north', 1));
    await lab.drained();
    expect(await lab.rows('shops')).toMatchObject([{ id: 7, shop: 'north' }]);
  });

  it('is not made by values that nothing keeps unique: the record is parked and says why', async () => {
    @ViewHandler(Shop)
    class ByAmount {
      @When(Sold, { where: (e) => ({ sold: e.amount }) }) sold() {}
    }
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, serviceWith(ByAmount), atOnce);
    await lab.send(sold(7, 'north', 1));
    await lab.drained();
    expect(await lab.rows('shops')).toEqual([]);
    const [parked] = await lab.store.parking.keys(0, 10);
    expect(parked!.reason!.message).toBe(
      'rows of shops are made by sold, which nothing keeps unique; add it to unique of @View, or say create: false',
    );
  });

  it('made by events of two keys at the same moment are one row where it is unique', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, serviceWith(ByShop));
    await lab.send(...Array.from({ length: 20 }, (_, index) => sold(index + 1, 'north', 1)));
    await lab.drained();
    expect(await lab.store.parking.count()).toBe(0);
    expect(await lab.rows('shops')).toMatchObject([{ shop: 'north', sold: 20 }]);
  });
});

describe('a row', () => {
  it('that its event leaves as it is, is not written again', async () => {
    using folder = temporaryFolder();
    @ViewHandler(Shop)
    class OnlyOnce {
      @When(Sold, { id: (e) => e.id }) sold(event: Sold, row: Shop) {
        row.shop = event.shop;
      }
    }
    await using lab = await openLab(folder.path, serviceWith(OnlyOnce));
    await lab.send(sold(1, 'north', 1), sold(1, 'north', 2));
    await lab.drained();
    expect(await lab.rows('shops')).toMatchObject([{ version: 1, shop: 'north' }]);
  });

  it('that breaks its schema is not written: the key is parked', async () => {
    using folder = temporaryFolder();
    @ViewHandler(Shop)
    class Broken {
      @When(Sold, { id: (e) => e.id }) sold(_: Sold, row: Shop) {
        row.sold = 0.5;
      }
    }
    await using lab = await openLab(folder.path, serviceWith(Broken), atOnce);
    await lab.send(sold(1, 'north', 1));
    await until(
      () => lab.store.parking.count(),
      (count) => count === 1,
    );
    expect(await lab.store.parking.keys(0, 10)).toMatchObject([{ reason: { code: 'INVALID_STATE' } }]);
    expect(await lab.rows('shops')).toEqual([]);
  });

  it('is the same row for all methods that react to one event', async () => {
    using folder = temporaryFolder();
    @ViewHandler(Shop)
    class Twice {
      @When(Sold, { id: (e) => e.id }) first(event: Sold, row: Shop) {
        row.notes.push(`first ${event.amount}`);
      }
      @When(Sold, { id: (e) => e.id }) second(_: Sold, row: Shop) {
        row.notes.push(`second after ${row.notes.at(-1)}`);
      }
    }
    await using lab = await openLab(folder.path, serviceWith(Twice));
    await lab.send(sold(1, 'north', 1));
    await lab.drained();
    expect(await lab.rows('shops')).toMatchObject([
      { version: 1, notes: ['first 1', 'second after first 1'] },
    ]);
  });
});
