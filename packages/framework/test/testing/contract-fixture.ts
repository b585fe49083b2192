import { z } from 'zod';
import {
  Aggregate,
  AggregateRoot,
  DomainEvent,
  FeignClient,
  PolicyHandler,
  PostPersist,
  Undo,
  Whenever,
  defineService,
  get,
  inject,
  post,
  repositoryOf,
} from '../../src/index.js';
import { type ConsumerContract, contract, providerStates } from '../../src/testing/index.js';

const sale = z.object({ id: z.number().int(), article: z.string(), amount: z.number(), soldAt: z.date() });

/** As the shop publishes it. */
export class SaleMade extends DomainEvent('SaleMade', sale, { key: (e) => e.id }) {}

@Aggregate({ collection: 'sales', finders: { findByArticle: ['article'] } })
export class Sale extends AggregateRoot(
  z.object({ article: z.string().min(1), amount: z.number(), isUndone: z.boolean().default(false) }),
) {
  @PostPersist()
  made() {
    new SaleMade({ ...this, id: this.id, soldAt: new Date() }).publishAfterCommit();
  }

  @Undo()
  undo() {
    this.isUndone = true;
  }
}

export const shop = defineService({ name: 'shop', port: 8091, aggregates: [Sale], events: [SaleMade] });

/** As the ledger reads it. */
export class SaleBooked extends DomainEvent(
  'SaleMade',
  z.object({ id: z.number().int(), amount: z.number(), soldAt: z.date(), coupon: z.string().optional() }),
  { key: (e) => e.id },
) {}

@Aggregate({ collection: 'entries' })
export class Entry extends AggregateRoot(
  z.object({ sale: z.number().int(), amount: z.number().positive() }),
) {}

@PolicyHandler({ attempts: 1 })
export class Booking {
  private readonly entries = inject(repositoryOf(Entry));

  @Whenever(SaleBooked)
  book({ id, amount }: SaleBooked) {
    this.entries.add(new Entry({ sale: id, amount }));
  }
}

const made = z.object({ id: z.number().int(), article: z.string() });

@FeignClient({ name: 'shop', url: 'http://localhost:8091' })
export class ShopClient {
  readonly sell = post('/sales', {
    body: z.object({ article: z.string(), amount: z.number() }),
    returns: made,
    undo: true,
  });
  readonly sale = get('/sales/{id}', { returns: made });
  readonly search = get('/sales/search/findByArticle', {
    query: z.object({ article: z.string(), size: z.number().int().optional() }),
    returns: z.object({ _embedded: z.object({ sales: z.array(made) }) }),
  });
}

export const ledger = defineService({
  name: 'ledger',
  port: 8092,
  aggregates: [Entry],
  policies: [Booking],
  clients: [ShopClient],
});

export const states = {
  shop: providerStates('shop', {
    'something was sold': z.object({ article: z.string().default('tea'), amount: z.number().default(2.5) }),
  }),
};

/** All that the ledger expects of the shop. */
export async function expectAll(pacts: string, write: boolean): Promise<ConsumerContract> {
  const given = states.shop['something was sold']();
  const expected = contract(ledger, { pacts, write });
  await expected.reads(SaleBooked, { given });
  await expected.calls(ShopClient, 'sell');
  await expected.calls(ShopClient, 'sale', { given });
  await expected.calls(ShopClient, 'search', { given, with: [{ article: 'tea' }] });
  return expected;
}

/** A shop whose sales publish another event. */
export function publishing(event: any) {
  class Changed extends Sale {
    override made() {
      new event({ ...this, id: this.id, amount: this.amount }).publishAfterCommit();
    }
  }
  Object.defineProperty(Changed, 'name', { value: 'Sale' });
  return defineService({ name: 'shop', port: 8091, aggregates: [Changed], events: [event] });
}
