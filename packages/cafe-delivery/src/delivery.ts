import {
  Aggregate,
  AggregateRoot,
  DomainError,
  PostPersist,
  PostUpdate,
  PreRemove,
  PreUpdate,
} from '@skanu/framework';
import { z } from 'zod';
import { DeliveryCancelled, DeliveryCompleted, DeliveryStarted } from './delivery-events.js';

export const deliveryState = z.object({
  orderId: z.number().int().positive(),
  paymentId: z.number().int().positive(),
  product: z.string().trim().min(1).max(200),
  qty: z.number().int().positive(),
  status: z.enum(['DeliveryStarted', 'DeliveryCompleted', 'DeliveryCancelled']).default('DeliveryStarted'),
});

/** What a delivery was begun for is not changed afterwards. */
const fixed = ['orderId', 'paymentId', 'product', 'qty'] as const;

@Aggregate({
  collection: 'deliveries',
  finders: { findByOrderId: ['orderId'], findByStatus: ['status'] },
  indexes: ['paymentId'],
})
export class Delivery extends AggregateRoot(deliveryState) {
  /** Stops making the drink. One that was handed over stays so: nobody gets it back. */
  cancelUnlessHandedOver() {
    if (this.status === 'DeliveryStarted') this.status = 'DeliveryCancelled';
  }

  @PreRemove()
  staysOnRecord() {
    throw new DomainError(`delivery ${this.id} stays on record; cancel its order instead`);
  }

  @PostPersist()
  started() {
    new DeliveryStarted(this).publishAfterCommit();
  }

  @PreUpdate()
  endsOnce() {
    if (fixed.some((field) => this.changed(field)))
      throw new DomainError(`delivery ${this.id} stays what it was begun for`);
    const before = this.previous('status');
    if (this.changed('status') && before !== 'DeliveryStarted')
      throw new DomainError(`delivery ${this.id} is ${before} for good`);
  }

  @PostUpdate()
  changedStatus() {
    if (!this.changed('status')) return;
    if (this.status === 'DeliveryCancelled') new DeliveryCancelled(this).publishAfterCommit();
    if (this.status === 'DeliveryCompleted') new DeliveryCompleted(this).publishAfterCommit();
  }
}
