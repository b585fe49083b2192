import { pacts, samples, states } from '@skanu/contracts/states';
import { contract, yesterdaysEvents } from '@skanu/framework/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { OrderCancelled } from '../src/payment-events.js';
import { Payment } from '../src/payment.js';
import { paymentService } from '../src/service.js';

describe('what payment expects', () => {
  const payment = contract(paymentService, { pacts });
  afterAll(() => payment.settle());

  it('of order: that it says when an order was cancelled', () =>
    payment.reads(
      OrderCancelled,
      {
        given: states.order['an order was cancelled'](),
        exactly: { status: 'OrderCancelled' },
        before: (service) =>
          service.request('POST', '/payments', { orderId: 1, product: 'americano', qty: 2, cost: 9_000 }),
      },
      async ({ service }) =>
        expect(await service.stored(Payment)).toMatchObject([{ orderId: 1, status: 'PaymentCancelled' }]),
    ));
});

describe('what was released before is still understood', () => {
  it.each(yesterdaysEvents(paymentService, { samples }))('$title', ({ replay }) => replay());
});
