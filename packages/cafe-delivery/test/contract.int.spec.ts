import { pacts, samples, states } from '@skanu/contracts/states';
import { contract, yesterdaysEvents } from '@skanu/framework/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { PaymentApproved, PaymentCancelled } from '../src/delivery-events.js';
import { Delivery } from '../src/delivery.js';
import { deliveryService } from '../src/service.js';

describe('what delivery expects', () => {
  const delivery = contract(deliveryService, { pacts });
  afterAll(() => delivery.settle());

  it('of payment: that it says when a payment was approved', () =>
    delivery.reads(
      PaymentApproved,
      { given: states.payment['a payment was approved']() },
      async ({ service, event: { id, orderId } }) =>
        expect(await service.stored(Delivery)).toMatchObject([
          { orderId, paymentId: id, status: 'DeliveryStarted' },
        ]),
    ));

  it('of payment: that it says when a payment was cancelled', () =>
    delivery.reads(
      PaymentCancelled,
      {
        given: states.payment['a payment was cancelled'](),
        exactly: { status: 'PaymentCancelled' },
        before: (service) =>
          service.given(new PaymentApproved({ id: 1, orderId: 20, product: 'americano', qty: 2 })),
      },
      async ({ service }) =>
        expect(await service.stored(Delivery)).toMatchObject([{ status: 'DeliveryCancelled' }]),
    ));
});

describe('what was released before is still understood', () => {
  it.each(yesterdaysEvents(deliveryService, { samples }))('$title', ({ replay }) => replay());
});
