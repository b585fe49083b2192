import { Aggregate, AggregateRoot, DomainError, PreRemove, PreUpdate } from '@skanu/framework';
import { z } from 'zod';

export const messageState = z.object({
  orderId: z.number().int().positive(),
  paymentId: z.number().int().nullable().default(null),
  deliveryId: z.number().int().nullable().default(null),
  product: z.string(),
  status: z.string(),
});

/** What the customer was told. */
@Aggregate({ collection: 'messages', finders: { findByOrderId: ['orderId'] } })
export class Message extends AggregateRoot(messageState) {
  @PreUpdate()
  @PreRemove()
  wasSent() {
    throw new DomainError(`message ${this.id} was sent; it stays as it is`);
  }
}
