import { DomainEvent } from '@skanu/framework';
import { z } from 'zod';

const order = z.object({
  id: z.number().int(),
  product: z.string(),
  qty: z.number().int(),
  cost: z.number().int(),
  status: z.string(),
});
const payment = order.extend({ orderId: z.number().int() });
const delivery = payment.omit({ cost: true }).extend({ paymentId: z.number().int() });

export class OrderPlaced extends DomainEvent('OrderPlaced', order, { key: (e) => e.id }) {}
export class OrderCancelled extends DomainEvent('OrderCancelled', order, { key: (e) => e.id }) {}
export class PaymentApproved extends DomainEvent('PaymentApproved', payment, { key: (e) => e.orderId }) {}
export class PaymentCancelled extends DomainEvent('PaymentCancelled', payment, { key: (e) => e.orderId }) {}
export class DeliveryStarted extends DomainEvent('DeliveryStarted', delivery, { key: (e) => e.orderId }) {}
export class DeliveryCompleted extends DomainEvent('DeliveryCompleted', delivery, {
  key: (e) => e.orderId,
}) {}
export class DeliveryCancelled extends DomainEvent('DeliveryCancelled', delivery, {
  key: (e) => e.orderId,
}) {}
