import { expect } from 'vitest';
import { settled } from './books.ts';
import type { CrashLab } from './crash-lab.ts';
import { type LogRecord, count, events, look } from './look.ts';

export const CAFE = ['order', 'payment', 'delivery', 'ordertrace', 'message'];

/** What the customers were told: these orders were placed, these were cancelled. */
export interface Promised {
  readonly placed: ReadonlySet<number>;
  readonly cancelled: ReadonlySet<number>;
}

interface Paid {
  readonly id: number;
  readonly orderId: number;
  readonly cancelled: boolean;
}

/**
 * Goes through all databases and the log when nothing is on its way any more: what was promised is kept, every committed change
 * has its events, and every event took effect exactly once, in order. A payment may be left of an order that died before its
 * commit; then it is a whole payment, with all that follows from it.
 */
export async function auditCafe(lab: CrashLab, promised: Promised): Promise<void> {
  await settled(lab, ...CAFE);
  const orders = ids(lab, 'order', 'SELECT id FROM orders');
  const cancelledOrders = ids(lab, 'order', `SELECT id FROM orders WHERE status = 'OrderCancelled'`);
  expect(
    [...promised.placed].filter((id) => !orders.includes(id)),
    'placed orders that are lost',
  ).toEqual([]);
  expect(
    [...promised.cancelled].filter((id) => !cancelledOrders.includes(id)),
    'cancellations that are lost',
  ).toEqual([]);

  const paid: Paid[] = look(lab, 'payment', 'SELECT id, "orderId", status FROM payments ORDER BY id').map(
    ({ id, orderId, status }) => ({ id, orderId, cancelled: status === 'PaymentCancelled' }),
  );
  const paidOrders = paid.map(({ orderId }) => orderId);
  expect(new Set(paidOrders).size, 'no order is paid twice').toBe(paidOrders.length);
  expect(
    orders.filter((id) => !paidOrders.includes(id)),
    'orders without a payment',
  ).toEqual([]);
  const cancelledPayments = paid.filter(({ cancelled }) => cancelled);
  expect(sorted(cancelledPayments.map(({ orderId }) => orderId)), 'cancelled payments').toEqual(
    cancelledOrders,
  );

  const deliveries = auditDeliveries(lab, paid);
  auditReaders(lab, paid, deliveries);
  const published = events(lab);
  auditEvents(published, {
    OrderPlaced: orders,
    OrderCancelled: cancelledOrders,
    PaymentApproved: paid.map(({ id }) => id),
    PaymentCancelled: cancelledPayments.map(({ id }) => id),
    DeliveryStarted: paid.map(({ orderId }) => deliveries.get(orderId)!),
    DeliveryCancelled: cancelledPayments.map(({ orderId }) => deliveries.get(orderId)!),
  });
  for (const name of CAFE) expect(count(lab, name, 'skanu_parked'), `parked records of ${name}`).toBe(0);
}

/** One delivery for each payment, cancelled with it. Tells the delivery of each order. */
function auditDeliveries(lab: CrashLab, paid: readonly Paid[]): Map<number, number> {
  const rows = look(lab, 'delivery', 'SELECT id, "orderId", "paymentId", status FROM deliveries');
  const told = rows.map(({ orderId, paymentId, status }) => ({ orderId, paymentId, status }));
  expect(byOrder(told), 'deliveries').toEqual(
    byOrder(
      paid.map(({ id, orderId, cancelled }) => ({
        orderId,
        paymentId: id,
        status: cancelled ? 'DeliveryCancelled' : 'DeliveryStarted',
      })),
    ),
  );
  return new Map(rows.map(({ orderId, id }) => [orderId, id]));
}

/** The trace shows the end of each order; the customer got one message for each step, in the order of the steps. */
function auditReaders(lab: CrashLab, paid: readonly Paid[], deliveries: ReadonlyMap<number, number>): void {
  const traces = look(
    lab,
    'ordertrace',
    'SELECT id, "orderId", "paymentId", "deliveryId", status FROM "orderTraces"',
  );
  expect(byOrder(traces.map((row) => ({ ...row }) as { orderId: number })), 'traces').toEqual(
    byOrder(
      paid.map(({ id, orderId, cancelled }) => ({
        id: orderId,
        orderId,
        paymentId: id,
        deliveryId: deliveries.get(orderId),
        status: cancelled ? 'DeliveryCancelled' : 'DeliveryStarted',
      })),
    ),
  );
  const messages = look(lab, 'message', 'SELECT "orderId", status FROM messages ORDER BY id');
  for (const { orderId, cancelled } of paid) {
    const told = messages
      .filter((message) => message['orderId'] === orderId)
      .map(({ status }) => status as string);
    for (const who of ['Payment', 'Delivery']) {
      const steps = [
        `${who}${who === 'Payment' ? 'Approved' : 'Started'}`,
        ...(cancelled ? [`${who}Cancelled`] : []),
      ];
      expect(
        told.filter((status) => status.startsWith(who)),
        `messages about order ${orderId}`,
      ).toEqual(steps);
    }
  }
  expect(messages).toHaveLength(paid.reduce((sum, { cancelled }) => sum + (cancelled ? 4 : 2), 0));
}

/** One event for each change, and for each key those of one service in the order of the changes. */
function auditEvents(
  published: readonly LogRecord[],
  expected: Readonly<Record<string, readonly number[]>>,
): void {
  for (const [type, of] of Object.entries(expected)) {
    const found = published
      .filter(({ eventType }) => eventType === type)
      .map(({ fields }) => fields['id'] as number);
    expect(sorted(found), `${type} in the log`).toEqual(sorted(of));
  }
  const places = new Map(published.map(({ key, eventType }, place) => [`${key} ${eventType}`, place]));
  for (const { key, eventType } of published) {
    const begin = eventType.replace(
      'Cancelled',
      eventType.startsWith('Order') ? 'Placed' : eventType.startsWith('Payment') ? 'Approved' : 'Started',
    );
    expect(
      places.get(`${key} ${begin}`)!,
      `${eventType} of order ${key} comes after ${begin}`,
    ).toBeLessThanOrEqual(places.get(`${key} ${eventType}`)!);
  }
}

function ids(lab: CrashLab, name: string, sql: string): number[] {
  return sorted(look(lab, name, sql).map(({ id }) => id as number));
}

function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

function byOrder<T extends { readonly orderId: number }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => a.orderId - b.orderId);
}
