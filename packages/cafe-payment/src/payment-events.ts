import { DomainEvent } from '@skanu/framework';
import { z } from 'zod';

const paymentEvent = z.object({
  id: z.number().int(),
  orderId: z.number().int(),
  product: z.string(),
  qty: z.number().int(),
  cost: z.number().int(),
  status: z.string(),
});

export class PaymentApproved extends DomainEvent('PaymentApproved', paymentEvent, {
  key: (e) => e.orderId,
}) {}
export class PaymentCancelled extends DomainEvent('PaymentCancelled', paymentEvent, {
  key: (e) => e.orderId,
}) {}

/** From order. The Java services publish it for any change of an order: only the status tells. */
export class OrderCancelled extends DomainEvent(
  'OrderCancelled',
  z.object({ id: z.number().int(), status: z.string() }),
  { key: (e) => e.id },
) {}
