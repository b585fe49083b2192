import { pacts, states } from '@skanu/contracts/states';
import { type TestService, servicePromises } from '@skanu/framework/testing';
import { describe, it } from 'vitest';
import { PaymentApproved, PaymentCancelled } from '../src/delivery-events.js';
import { deliveryService } from '../src/service.js';

interface Drink {
  readonly orderId: number;
  readonly paymentId: number;
  readonly product: string;
  readonly qty: number;
}

describe('what delivery promises', () => {
  const start = (delivery: TestService, { paymentId, ...drink }: Drink) =>
    delivery.given(new PaymentApproved({ id: paymentId, ...drink }));

  const promises = servicePromises(deliveryService, {
    pacts,
    states: states.delivery,
    handlers: {
      'a delivery was started': start,
      async 'a delivery was completed'(delivery, drink) {
        await start(delivery, drink);
        return delivery.request('PATCH', '/deliveries/1', { status: 'DeliveryCompleted' });
      },
      async 'a delivery was cancelled'(delivery, drink) {
        await start(delivery, drink);
        const { paymentId: id, orderId } = drink;
        await delivery.given(new PaymentCancelled({ id, orderId, status: 'PaymentCancelled' }));
      },
    },
  });

  it.each(promises)('$title', (promise) => promise.verify());
});
