import { Aggregate, AggregateRoot } from '@skanu/framework';
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
export class Message extends AggregateRoot(messageState) {}
