import type { Row } from '../engines/database-reader.ts';
import type { Engines } from '../engines/engines.ts';
import { auditLog } from './cafe-log-audit.ts';
import { Findings } from './findings.ts';
import { auditOrder } from './order-audit.ts';
import { settled } from './settled.ts';

/** The services of the cafe, as they call themselves. */
export const CAFE = ['order', 'payment', 'delivery', 'ordertrace', 'message'];

/** What the customers were told: these orders were placed, these were cancelled. */
export interface Promised {
  readonly placed: ReadonlySet<number>;
  readonly cancelled: ReadonlySet<number>;
}

/** A payment, and what became of its order. */
export interface Paid {
  readonly id: number;
  readonly orderId: number;
  readonly product: string;
  readonly qty: number;
  readonly cost: number;
  readonly cancelled: boolean;
}

export interface CafeAudit {
  /** What is wrong; empty when all is well. */
  readonly findings: readonly string[];
  readonly orders: number;
  readonly cancelled: number;
  /** Payments that were taken back, because their order did not come about: order was killed, lost its database or did not wait any longer. */
  readonly undone: number;
  /** Records of the log that were there before, with the same event id. */
  readonly repeated: number;
}

/**
 * Goes through all databases and the log when nothing is on its way any more: what was promised is kept, every committed change
 * has its events, and every event took effect exactly once, in order. Each order has its payment; a payment whose order did not come
 * about is cancelled, with all that follows from it.
 */
export async function auditCafe(engines: Engines, promised: Promised, withinMs?: number): Promise<CafeAudit> {
  await settled({ engines }, CAFE, withinMs);
  const findings = new Findings();
  const orders = await ids(engines, 'order', 'SELECT id FROM orders');
  const cancelled = await ids(engines, 'order', `SELECT id FROM orders WHERE status = 'OrderCancelled'`);
  findings.none('placed orders that are lost', without(promised.placed, orders));
  findings.none('cancellations that are lost', without(promised.cancelled, cancelled));

  const paid = (
    await engines.rows(
      'payment',
      'SELECT id, "orderId", product, qty, cost, status FROM payments ORDER BY id',
    )
  ).map(({ status, ...rest }) => ({ ...rest, cancelled: status === 'PaymentCancelled' }) as Paid);
  const paidOrders = new Set(paid.map(({ orderId }) => orderId));
  const undone = without(paidOrders, orders);
  findings.same(
    'payments',
    paid.map(({ orderId }) => orderId),
    new Set([...orders, ...undone]),
  );
  findings.same(
    'cancelled payments',
    paid.filter((payment) => payment.cancelled).map(({ orderId }) => orderId),
    [...cancelled, ...undone],
  );

  const deliveries = await auditDeliveries(engines, paid, findings);
  await auditTraces(engines, paid, deliveries, findings);
  await auditMessages(engines, paid, findings);
  const records = await engines.log.records();
  const cancelledPayments = paid.filter((payment) => payment.cancelled);
  const repeated = auditLog(
    records,
    {
      OrderPlaced: orders,
      OrderCancelled: cancelled,
      PaymentApproved: paid.map(({ id }) => id),
      PaymentCancelled: cancelledPayments.map(({ id }) => id),
      DeliveryStarted: paid.map(({ orderId }) => deliveries.get(orderId)!),
      DeliveryCancelled: cancelledPayments.map(({ orderId }) => deliveries.get(orderId)!),
    },
    findings,
  );
  for (const name of CAFE) {
    const parked = await engines.count(name, 'skanu_parked');
    findings.none(`parked records of ${name}`, parked > 0 ? [parked] : []);
    await auditOrder(engines, name, records, findings);
  }
  return {
    findings: findings.lines,
    orders: orders.size,
    cancelled: cancelled.size,
    undone: undone.length,
    repeated,
  };
}

/** One delivery for each payment, cancelled with it. Tells the delivery of each order. */
async function auditDeliveries(
  engines: Engines,
  paid: readonly Paid[],
  findings: Findings,
): Promise<Map<number, number>> {
  const rows = await engines.rows(
    'delivery',
    'SELECT id, "orderId", "paymentId", product, qty, status FROM deliveries',
  );
  findings.same(
    'deliveries',
    rows.map((row) => line(row, 'orderId', 'paymentId', 'product', 'qty', 'status')),
    paid.map(({ id, orderId, product, qty, cancelled }) =>
      [orderId, id, product, qty, cancelled ? 'DeliveryCancelled' : 'DeliveryStarted'].join(' '),
    ),
  );
  return new Map(rows.map(({ orderId, id }) => [orderId, id]));
}

/** The trace shows the end of each order. */
async function auditTraces(
  engines: Engines,
  paid: readonly Paid[],
  deliveries: ReadonlyMap<number, number>,
  findings: Findings,
): Promise<void> {
  const rows = await engines.rows('ordertrace', 'SELECT * FROM "orderTraces"');
  findings.same(
    'traces',
    rows.map((row) =>
      line(row, 'id', 'orderId', 'paymentId', 'deliveryId', 'product', 'qty', 'cost', 'status'),
    ),
    paid.map(({ id, orderId, product, qty, cost, cancelled }) => {
      const status = cancelled ? 'DeliveryCancelled' : 'DeliveryStarted';
      return [orderId, orderId, id, deliveries.get(orderId), product, qty, cost, status].join(' ');
    }),
  );
}

/** The customer got one message for each step. (That the steps were in order, the inbox of each service tells.) */
async function auditMessages(engines: Engines, paid: readonly Paid[], findings: Findings): Promise<void> {
  const rows = await engines.rows('message', 'SELECT "orderId", status FROM messages');
  findings.same(
    'messages',
    rows.map((row) => line(row, 'orderId', 'status')),
    paid.flatMap(({ orderId, cancelled }) =>
      [
        'PaymentApproved',
        'DeliveryStarted',
        ...(cancelled ? ['PaymentCancelled', 'DeliveryCancelled'] : []),
      ].map((status) => `${orderId} ${status}`),
    ),
  );
}

async function ids(engines: Engines, service: string, sql: string): Promise<Set<number>> {
  return new Set((await engines.rows(service, sql)).map(({ id }) => id as number));
}

function line(row: Row, ...columns: readonly string[]): string {
  return columns.map((column) => String(row[column])).join(' ');
}

function without(all: ReadonlySet<number>, others: ReadonlySet<number>): number[] {
  return [...all].filter((one) => !others.has(one));
}
