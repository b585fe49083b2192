import { pacts, states } from '@skanu/contracts/states';
import { servicePromises } from '@skanu/framework/testing';
import { describe, it } from 'vitest';
import { OrderCancelled } from '../src/payment-events.js';
import { paymentService } from '../src/service.js';

describe('what payment promises', () => {
  const promises = servicePromises(paymentService, {
    pacts,
    states: states.payment,
    handlers: {
      'a payment was approved': (payment, request) => payment.request('POST', '/payments', request),
      async 'a payment was cancelled'(payment, request) {
        const approval = await payment.request('POST', '/payments', request);
        await payment.given(new OrderCancelled({ id: request.orderId, status: 'OrderCancelled' }));
        return approval;
      },
    },
  });

  it.each(promises)('$title', (promise) => promise.verify());
});
