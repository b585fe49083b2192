import { pacts, samples, states } from '@skanu/contracts/states';
import { type StandIn, contract, startStandIn, yesterdaysEvents } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryCompleted } from '../src/order-events.js';
import { Order } from '../src/order.js';
import { PaymentClient } from '../src/payment-client.js';
import { orderService } from '../src/service.js';

describe('what order expects', () => {
  const order = contract(orderService, { pacts });
  const drink = { product: 'americano', qty: 2, cost: 9_000 };
  let payment: StandIn;

  beforeAll(async () => {
    payment = await startStandIn();
    payment.answers({ status: 201, body: { id: 1 } });
  });
  afterAll(async () => {
    await payment[Symbol.asyncDispose]();
    await order.settle();
  });

  it('of payment: that it approves what an order costs, and takes it back', () =>
    order.calls(PaymentClient, 'approve', { with: [{ orderId: 20, ...drink }] }, ({ id }) =>
      expect(id).toBe(1),
    ));

  it('of delivery: that it says when a drink was handed over', () =>
    order.reads(
      DeliveryCompleted,
      {
        given: states.delivery['a delivery was completed']({ orderId: 2 }),
        settings: { PAYMENT_URL: payment.url },
        async before(service) {
          for (const _ of [1, 2]) await service.request('POST', '/orders', drink);
        },
      },
      async ({ service }) =>
        expect(await service.stored(Order)).toMatchObject([{ handedOver: false }, { handedOver: true }]),
    ));
});

describe('what was released before is still understood', () => {
  it.each(yesterdaysEvents(orderService, { samples }))('$title', ({ replay }) => replay());
});
