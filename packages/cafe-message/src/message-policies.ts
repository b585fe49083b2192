import { PolicyHandler, Whenever, inject, repositoryOf } from '@skanu/framework';
import {
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryStarted,
  PaymentApproved,
  PaymentCancelled,
} from './message-events.js';
import { Message } from './message.js';

@PolicyHandler()
export class MessagePolicies {
  private readonly messages = inject(repositoryOf(Message));

  @Whenever(PaymentApproved)
  @Whenever(PaymentCancelled)
  tellOfPayment(event: PaymentApproved | PaymentCancelled) {
    this.messages.add(new Message({ ...event, paymentId: event.id }));
  }

  @Whenever(DeliveryStarted)
  @Whenever(DeliveryCompleted)
  @Whenever(DeliveryCancelled)
  tellOfDelivery(event: DeliveryStarted | DeliveryCompleted | DeliveryCancelled) {
    this.messages.add(new Message({ ...event, deliveryId: event.id }));
  }
}
