import { DomainEvent } from '@skanu/framework';
import { z } from 'zod';

const deliveryEvent = z.object({
  id: z.number().int(),
  orderId: z.number().int(),
  paymentId: z.number().int(),
  product: z.string(),
  qty: z.number().int(),
  status: z.string(),
});

export class DeliveryStarted extends DomainEvent('DeliveryStarted', deliveryEvent, {
  key: (e) => e.orderId,
}) {}
export class DeliveryCancelled extends DomainEvent('DeliveryCancelled', deliveryEvent, {
  key: (e) => e.orderId,
}) {}
export class DeliveryCompleted extends DomainEvent('DeliveryCompleted', deliveryEvent, {
  key: (e) => e.orderId,
}) {}

const approved = z.object({
  id: z.number().int(),
  orderId: z.number().int(),
  product: z.string(),
  qty: z.number().int(),
});
const cancelled = z.object({ id: z.number().int(), orderId: z.number().int(), status: z.string() });

/** From payment. The Java services publish the second for any change of a payment: only the status tells. */
export class PaymentApproved extends DomainEvent('PaymentApproved', approved, { key: (e) => e.orderId }) {}
export class PaymentCancelled extends DomainEvent('PaymentCancelled', cancelled, { key: (e) => e.orderId }) {}
