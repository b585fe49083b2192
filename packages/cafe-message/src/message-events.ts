import { DomainEvent } from '@skanu/framework';
import { z } from 'zod';

const payment = z.object({
  id: z.number().int(),
  orderId: z.number().int(),
  product: z.string(),
  status: z.string(),
});
const delivery = payment.extend({ paymentId: z.number().int() });

export class PaymentApproved extends DomainEvent('PaymentApproved', payment, { key: (e) => e.orderId }) {}
export class PaymentCancelled extends DomainEvent('PaymentCancelled', payment, { key: (e) => e.orderId }) {}
export class DeliveryStarted extends DomainEvent('DeliveryStarted', delivery, { key: (e) => e.orderId }) {}
export class DeliveryCompleted extends DomainEvent('DeliveryCompleted', delivery, {
  key: (e) => e.orderId,
}) {}
export class DeliveryCancelled extends DomainEvent('DeliveryCancelled', delivery, {
  key: (e) => e.orderId,
}) {}
