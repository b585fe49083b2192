import { pacts, samples, states } from '@skanu/contracts/states';
import { contract, yesterdaysEvents } from '@skanu/framework/testing';
import { afterAll, describe, expect, it } from 'vitest';
import {
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryStarted,
  OrderCancelled,
  OrderPlaced,
  PaymentApproved,
  PaymentCancelled,
} from '../src/order-trace-events.js';
import { OrderTrace } from '../src/order-trace.js';
import { orderTraceService } from '../src/service.js';

describe('what the trace expects', () => {
  const trace = contract(orderTraceService, { pacts });
  afterAll(() => trace.settle());

  it.each([
    [OrderPlaced, states.order['an order was placed'](), { orderId: 1, cost: 9_000 }],
    [OrderCancelled, states.order['an order was cancelled'](), { orderId: 1, cost: 9_000 }],
    [PaymentApproved, states.payment['a payment was approved'](), { orderId: 20, paymentId: 1 }],
    [PaymentCancelled, states.payment['a payment was cancelled'](), { orderId: 20, paymentId: 1 }],
    [DeliveryStarted, states.delivery['a delivery was started'](), { orderId: 20, deliveryId: 1 }],
    [DeliveryCompleted, states.delivery['a delivery was completed'](), { orderId: 20, deliveryId: 1 }],
    [DeliveryCancelled, states.delivery['a delivery was cancelled'](), { orderId: 20, deliveryId: 1 }],
  ] as const)('to hear of it, so that the page shows it: %o', (event, given, row) => {
    const status = event.eventType;
    return trace.reads<any>(event, { given, exactly: { status } }, async ({ service }) =>
      expect(await service.stored(OrderTrace)).toMatchObject([
        { ...row, product: 'americano', qty: 2, status },
      ]),
    );
  });
});

describe('what was released before is still understood', () => {
  it.each(yesterdaysEvents(orderTraceService, { samples }))('$title', ({ replay }) => replay());
});
