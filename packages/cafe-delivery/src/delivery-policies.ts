import { PolicyHandler, Whenever, inject, repositoryOf } from '@skanu/framework';
import { PaymentApproved, PaymentCancelled } from './delivery-events.js';
import { Delivery } from './delivery.js';

@PolicyHandler()
export class DeliveryPolicies {
  private readonly deliveries = inject(repositoryOf(Delivery));

  @Whenever(PaymentApproved)
  startDelivery(event: PaymentApproved) {
    this.deliveries.add(new Delivery({ ...event, paymentId: event.id }));
  }

  @Whenever(PaymentCancelled)
  async cancelDelivery(event: PaymentCancelled) {
    if (event.status !== 'PaymentCancelled') return;
    for (const delivery of await this.deliveries.findBy({ paymentId: event.id, orderId: event.orderId }))
      delivery.cancelUnlessHandedOver();
  }
}
