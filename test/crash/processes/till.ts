import {
  Aggregate,
  AggregateRoot,
  DomainEvent,
  PostPersist,
  defineService,
} from '../../../packages/framework/src/index.ts';
import { z } from 'zod';

const sale = z.object({ account: z.string(), amount: z.number().int() });

export class Sold extends DomainEvent('Sold', sale.extend({ id: z.number().int() }), {
  key: (e) => e.account,
}) {}

@Aggregate({ collection: 'sales' })
export class Sale extends AggregateRoot(sale) {
  @PostPersist()
  sold() {
    new Sold(this).publishAfterCommit();
  }
}

/** Sells, and tells. */
export const till = defineService({ name: 'till', port: 0, aggregates: [Sale], events: [Sold] });
