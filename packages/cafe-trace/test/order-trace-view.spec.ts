import { describe, expect, it } from 'vitest';
import {
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryStarted,
  OrderCancelled,
  OrderPlaced,
  PaymentApproved,
  PaymentCancelled,
} from '../src/order-trace-events.js';
import { OrderTraceView } from '../src/order-trace-view.js';
import { OrderTrace, orderTraceState } from '../src/order-trace.js';

type Step = (trace: OrderTrace) => void;

const view = new OrderTraceView();
const order = { id: 1, product: 'coffee', qty: 1, cost: 1000 };
const payment = { ...order, id: 11, orderId: 1 };
const delivery = { id: 21, orderId: 1, paymentId: 11, product: 'coffee', qty: 1 };

const placed: Step = (trace) => view.order(new OrderPlaced({ ...order, status: 'OrderPlaced' }), trace);
const cancelled: Step = (trace) =>
  view.order(new OrderCancelled({ ...order, status: 'OrderCancelled' }), trace);
const approved: Step = (trace) =>
  view.payment(new PaymentApproved({ ...payment, status: 'PaymentApproved' }), trace);
const refunded: Step = (trace) =>
  view.payment(new PaymentCancelled({ ...payment, status: 'PaymentCancelled' }), trace);
const started: Step = (trace) =>
  view.delivery(new DeliveryStarted({ ...delivery, status: 'DeliveryStarted' }), trace);
const stopped: Step = (trace) =>
  view.delivery(new DeliveryCancelled({ ...delivery, status: 'DeliveryCancelled' }), trace);
const handedOver: Step = (trace) =>
  view.delivery(new DeliveryCompleted({ ...delivery, status: 'DeliveryCompleted' }), trace);

function* interleavings<T>(items: readonly T[]): Iterable<T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of interleavings(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}

function rowAfter(steps: readonly Step[]): object {
  const trace = new OrderTrace({});
  for (const step of steps) step(trace);
  return orderTraceState.parse(trace);
}

const row = { orderId: 1, product: 'coffee', qty: 1, cost: 1000, paymentId: 11, deliveryId: 21 };

describe("an order's trace is the same in every interleaving of its events", () => {
  it.each([
    ['placed', [placed, approved, started], 'DeliveryStarted'],
    ['placed and handed over', [placed, approved, started, handedOver], 'DeliveryCompleted'],
    ['placed and cancelled', [placed, approved, started, cancelled, refunded, stopped], 'DeliveryCancelled'],
    [
      'cancelled while it is handed over',
      [placed, approved, started, cancelled, refunded, handedOver],
      'DeliveryCompleted',
    ],
  ] as const)('%s', (_, steps, status) => {
    const all = [...interleavings<Step>(steps)];
    expect(all.length).toBe(steps.reduce((product, _step, index) => product * (index + 1), 1));
    for (const steps_ of all) expect(rowAfter(steps_)).toEqual({ ...row, status });
  });

  it('an event that comes twice changes nothing more', () => {
    expect(rowAfter([placed, approved, placed, started, approved, started])).toEqual({
      ...row,
      status: 'DeliveryStarted',
    });
  });

  it('a status that nobody knows is passed over', () => {
    const trace = new OrderTrace({});
    trace.advance('DrinkSpilled');
    expect(trace.status).toBeNull();
  });
});
