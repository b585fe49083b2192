import { FeignClient, post } from '@skanu/framework';
import { z } from 'zod';

const paymentRequest = z.object({
  orderId: z.number().int(),
  product: z.string(),
  qty: z.number().int(),
  cost: z.number().int(),
});

@FeignClient({ name: 'payment', url: 'http://localhost:8082', timeoutMs: 1_300, attemptTimeoutMs: 610 })
export class PaymentClient {
  readonly approve = post('/payments', {
    body: paymentRequest,
    returns: z.object({ id: z.number().int() }),
    // payment knows the key of a call: asked once more it does nothing twice
    retry: { attempts: 2, baseMs: 20 },
    undo: true,
  });
}
