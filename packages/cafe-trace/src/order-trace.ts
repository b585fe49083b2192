import { ReadModel, View } from '@skanu/framework';
import { z } from 'zod';

/**
 * An order's life in the order in which it can go on. Events of different services arrive in any order, so the status
 * only ever moves forward: whatever came last, the row is the same. A drink that was handed over stays so.
 */
const LIFE = [
  'OrderPlaced',
  'PaymentApproved',
  'DeliveryStarted',
  'OrderCancelled',
  'PaymentCancelled',
  'DeliveryCancelled',
  'DeliveryCompleted',
] as const;

export const orderTraceState = z.object({
  orderId: z.number().int().nullable().default(null),
  product: z.string().nullable().default(null),
  qty: z.number().int().nullable().default(null),
  cost: z.number().int().nullable().default(null),
  paymentId: z.number().int().nullable().default(null),
  deliveryId: z.number().int().nullable().default(null),
  status: z.enum(LIFE).nullable().default(null),
});

@View({ collection: 'orderTraces', finders: { findByStatus: ['status'] } })
export class OrderTrace extends ReadModel(orderTraceState) {
  /** Goes on to a status, unless the order was further already. A status that is none of ours is passed over. */
  advance(status: string) {
    const next = LIFE.findIndex((known) => known === status);
    const now = this.status === null ? -1 : LIFE.indexOf(this.status);
    if (next > now) this.status = LIFE[next]!;
  }
}
