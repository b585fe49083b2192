import { DomainEvent } from '@skanu/framework';
import { z } from 'zod';

const orderEvent = z.object({
  id: z.number().int(),
  product: z.string(),
  qty: z.number().int(),
  status: z.string(),
  cost: z.number().int(),
});

export class OrderPlaced extends DomainEvent('OrderPlaced', orderEvent, { key: (e) => e.id }) {}
export class OrderCancelled extends DomainEvent('OrderCancelled', orderEvent, { key: (e) => e.id }) {}

/** From delivery: the drink was handed over. */
export class DeliveryCompleted extends DomainEvent(
  'DeliveryCompleted',
  z.object({ orderId: z.number().int() }),
  { key: (e) => e.orderId },
) {}
