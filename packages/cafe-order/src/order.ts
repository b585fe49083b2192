import {
  Aggregate,
  AggregateRoot,
  DomainError,
  PostPersist,
  PostRemove,
  PostUpdate,
  PrePersist,
  PreUpdate,
  inject,
} from '@skanu/framework';
import { z } from 'zod';
import { OrderCancelled, OrderPlaced } from './order-events.js';
import { PaymentClient } from './payment-client.js';

export const orderState = z.object({
  product: z.string().trim().min(1).max(200),
  qty: z.number().int().positive(),
  cost: z.number().int().nonnegative(),
  status: z.enum(['OrderPlaced', 'OrderCancelled']).default('OrderPlaced'),
  /** The customer has the drink: from here on there is nothing to cancel. */
  handedOver: z.boolean().default(false).meta({ readOnly: true }),
});

@Aggregate({ collection: 'orders', finders: { findByStatus: ['status'], findByProduct: ['product'] } })
export class Order extends AggregateRoot(orderState) {
  @PrePersist()
  beginsPlaced() {
    if (this.status !== 'OrderPlaced') throw new DomainError('a new order cannot be cancelled already');
  }

  @PostPersist()
  async pay() {
    new OrderPlaced(this).publishAfterCommit();
    await inject(PaymentClient).approve({
      orderId: this.id,
      product: this.product,
      qty: this.qty,
      cost: this.cost,
    });
  }

  @PreUpdate()
  staysAsPaid() {
    if (this.changed('product') || this.changed('qty') || this.changed('cost'))
      throw new DomainError(`order ${this.id} is paid as it is; cancel it and order anew`);
    if (!this.changed('status')) return;
    if (this.status === 'OrderPlaced')
      throw new DomainError(`order ${this.id} is cancelled for good; order anew`);
    if (this.handedOver)
      throw new DomainError(`order ${this.id} was handed over; it can no longer be cancelled`);
  }

  @PostUpdate()
  cancelled() {
    if (this.changed('status') && this.status === 'OrderCancelled')
      new OrderCancelled(this).publishAfterCommit();
  }

  @PostRemove()
  removed() {
    if (this.status === 'OrderPlaced' && !this.handedOver)
      new OrderCancelled({ ...this, id: this.id, status: 'OrderCancelled' }).publishAfterCommit();
  }
}
