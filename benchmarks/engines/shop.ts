// The smallest shop that does all of it: an order is placed and its event published after the commit; a kitchen handles each
// event once and writes a row. The same in the framework's words here, and by hand in twin.ts.
import {
  Aggregate,
  AggregateRoot,
  DomainEvent,
  PolicyHandler,
  PostPersist,
  Whenever,
  defineService,
  inject,
  repositoryOf,
} from '#framework/index';
import { z } from 'zod';

const orderState = z.object({
  product: z.string().min(1),
  qty: z.number().int().positive(),
  /** How many events it publishes. */
  events: z.number().int().min(0).max(100).default(1),
});

/** `at` is when it was made, in milliseconds since the epoch, with fractions. */
export class OrderPlaced extends DomainEvent(
  'OrderPlaced',
  z.object({
    orderId: z.number().int(),
    n: z.number().int(),
    product: z.string(),
    qty: z.number().int(),
    at: z.number(),
  }),
  { key: (e) => e.orderId },
) {}

@Aggregate({ collection: 'orders' })
export class Order extends AggregateRoot(orderState) {
  @PostPersist()
  placed() {
    for (let n = 0; n < this.events; n++) {
      const at = performance.timeOrigin + performance.now();
      new OrderPlaced({ orderId: this.id, n, product: this.product, qty: this.qty, at }).publishAfterCommit();
    }
  }
}

@Aggregate({ collection: 'dishes' })
export class Dish extends AggregateRoot(
  z.object({ orderId: z.number().int(), product: z.string(), qty: z.number().int(), at: z.number() }),
) {}

@PolicyHandler()
export class KitchenPolicies {
  private readonly dishes = inject(repositoryOf(Dish));

  @Whenever(OrderPlaced)
  cook({ orderId, product, qty, at }: OrderPlaced) {
    this.dishes.add(new Dish({ orderId, product, qty, at }));
  }
}

export const ordersService = defineService({
  name: 'orders',
  port: 0,
  topic: 'bench',
  aggregates: [Order],
  events: [OrderPlaced],
});
export const kitchenService = defineService({
  name: 'kitchen',
  port: 0,
  topic: 'bench',
  aggregates: [Dish],
  policies: [KitchenPolicies],
});
