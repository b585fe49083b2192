import { PolicyHandler, Whenever, inject, repositoryOf } from '@skanu/framework';
import { OrderCancelled } from './payment-events.js';
import { Payment } from './payment.js';

@PolicyHandler()
export class PaymentPolicies {
  private readonly payments = inject(repositoryOf(Payment));

  @Whenever(OrderCancelled)
  async cancelPayment(event: OrderCancelled) {
    if (event.status !== 'OrderCancelled') return;
    for (const payment of await this.payments.findBy({ orderId: event.id })) payment.cancel();
  }
}
