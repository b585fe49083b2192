import { pacts, states } from '@skanu/contracts/states';
import { type StandIn, providerPromises, startStandIn, startTestService } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { orderService } from '../src/service.js';

describe('what order promises', () => {
  let payment: StandIn;

  beforeAll(async () => {
    payment = await startStandIn();
    payment.answers({ status: 201, body: { id: 1 } });
  });
  afterAll(() => payment[Symbol.asyncDispose]());

  const promises = providerPromises('order', {
    pacts,
    states: states.order,
    start: () => startTestService(orderService, { settings: { PAYMENT_URL: payment.url } }),
    handlers: {
      'an order was placed': (order, drink) => order.request('POST', '/orders', drink),
      async 'an order was cancelled'(order, drink) {
        await order.request('POST', '/orders', drink);
        return order.request('PATCH', '/orders/1', { status: 'OrderCancelled' });
      },
    },
  });

  it.each(promises)('$title', (promise) => promise.verify());
});
