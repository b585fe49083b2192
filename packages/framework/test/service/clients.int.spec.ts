import { expect, it } from 'vitest';
import { defineService } from '../../src/model/service-definition.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { notebook } from '../fixtures/notebook.js';
import { PaymentClient } from '../fixtures/payment-client.js';

it('a service shows how those do that it calls, and lets a person open their circuits for a drill', async () => {
  await using payment = await startStandIn();
  await using service = await startTestService(defineService({ ...notebook, clients: [PaymentClient] }), {
    settings: { PAYMENT_URL: payment.url },
  });
  const drill = await service.request('POST', '/actuator/circuitbreakers/payment.approve', { state: 'open' });
  expect(drill.status).toBe(204);

  const { body } = await service.request('GET', '/actuator/circuitbreakers');
  expect(body).toMatchObject({
    clients: [
      {
        client: 'payment',
        operations: expect.arrayContaining([
          expect.objectContaining({ operation: 'payment.approve', state: 'forced open' }),
          expect.objectContaining({ operation: 'payment.read', state: 'closed', running: 0 }),
        ]),
        targets: [{ url: payment.url, isEjected: false }],
      },
    ],
  });
  const { text } = await service.request('GET', '/actuator/prometheus');
  expect(text).toMatch(/^client_circuit_state\{.*operation="approve".*\} 2$/m);
  expect(text).toMatch(/^client_ejected_targets\{.*client="payment".*\} 0$/m);
  expect(text).toMatch(/^client_undos_pending\S* 0$/m);
});
