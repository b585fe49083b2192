import {
  Aggregate,
  AggregateRoot,
  DomainError,
  PostPersist,
  PostUpdate,
  PrePersist,
  PreRemove,
  PreUpdate,
  Undo,
} from '@skanu/framework';
import { z } from 'zod';
import { PaymentApproved, PaymentCancelled } from './payment-events.js';

export const paymentState = z.object({
  orderId: z.number().int().positive(),
  product: z.string().trim().min(1).max(200),
  qty: z.number().int().positive(),
  cost: z.number().int().nonnegative(),
  status: z.enum(['PaymentApproved', 'PaymentCancelled']).default('PaymentApproved'),
});

/** What was paid is not changed afterwards. */
const fixed = ['orderId', 'product', 'qty', 'cost'] as const;

@Aggregate({ collection: 'payments', finders: { findByOrderId: ['orderId'] } })
export class Payment extends AggregateRoot(paymentState) {
  /** Also when the order that it was for did not come about. */
  @Undo()
  cancel() {
    this.status = 'PaymentCancelled';
  }

  @PrePersist()
  beginsApproved() {
    if (this.status !== 'PaymentApproved') throw new DomainError('a new payment cannot be cancelled already');
  }

  @PreRemove()
  staysOnRecord() {
    throw new DomainError(`payment ${this.id} stays on record; cancel its order instead`);
  }

  @PostPersist()
  approved() {
    new PaymentApproved(this).publishAfterCommit();
  }

  @PreUpdate()
  onlyCancelled() {
    if (fixed.some((field) => this.changed(field)))
      throw new DomainError(`payment ${this.id} stays as it was approved`);
    if (this.changed('status') && this.status === 'PaymentApproved')
      throw new DomainError(`payment ${this.id} is cancelled for good`);
  }

  @PostUpdate()
  cancelled() {
    if (this.changed('status')) new PaymentCancelled(this).publishAfterCommit();
  }
}
