import {
  type ProviderWorld,
  type TestService,
  providerPromises,
  startTestGateway,
  startTestService,
} from '@skanu/framework/testing';
import { describe, it } from 'vitest';
import { deliveryService } from '@skanu/cafe-delivery';
import { cafeGateway } from '../src/service.js';
import { messageService } from '@skanu/cafe-message';
import { orderService } from '@skanu/cafe-order';
import { paymentService } from '@skanu/cafe-payment';
import { orderTraceService } from '@skanu/cafe-trace';
import { pacts, states } from '@skanu/contracts/states';

/** The whole cafe behind its gateway. */
interface Cafe extends ProviderWorld {
  readonly order: TestService;
  settled(): Promise<void>;
}

async function openCafe(): Promise<Cafe> {
  await using opened = new AsyncDisposableStack();
  const payment = opened.use(await startTestService(paymentService));
  const { folder } = payment;
  const order = opened.use(
    await startTestService(orderService, { folder, settings: { PAYMENT_URL: payment.url } }),
  );
  const delivery = opened.use(await startTestService(deliveryService, { folder }));
  const message = opened.use(await startTestService(messageService, { folder }));
  const trace = opened.use(await startTestService(orderTraceService, { folder }));
  const gateway = opened.use(
    await startTestGateway(cafeGateway, {
      ORDER_URL: order.url,
      PAYMENT_URL: payment.url,
      DELIVERY_URL: delivery.url,
      MESSAGE_URL: message.url,
      ORDERTRACE_URL: trace.url,
    }),
  );
  const cafe = opened.move();
  return {
    url: gateway.url,
    order,
    async settled() {
      // in the order in which events cause others
      for (const service of [order, payment, delivery, message, trace]) await service.settled();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(cafe.disposeAsync()),
  };
}

describe('what the gateway lets a browser do, with the cafe behind it', () => {
  const promises = providerPromises('gateway', {
    pacts,
    states: states.gateway,
    start: openCafe,
    handlers: {
      async 'an order was placed'(cafe, drink) {
        const placed = await cafe.order.request('POST', '/orders', drink);
        await cafe.settled();
        return placed;
      },
    },
  });

  it.each(promises)('$title', (promise) => promise.verify());
});
