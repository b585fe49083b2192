import { Aggregate, AggregateRoot, DomainEvent, PostPersist, defineService } from '#framework/index';
import { z } from 'zod';
import { decorate } from './decorate.ts';

const sale = z.object({ account: z.string(), amount: z.number().int() });

export class Sold extends DomainEvent('Sold', sale.extend({ id: z.number().int() }), {
  key: (e) => e.account,
}) {}

export class Sale extends AggregateRoot(sale) {
  sold() {
    new Sold(this).publishAfterCommit();
  }
}
Aggregate({ collection: 'sales' })(Sale);
decorate(Sale, 'sold', PostPersist());

/** Sells, and tells. */
export const till = defineService({ name: 'till', port: 0, aggregates: [Sale], events: [Sold] });
