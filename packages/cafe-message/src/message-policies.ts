import { PolicyHandler, Whenever, inject, repositoryOf } from '@skanu/framework';
import {
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryStarted,
  PaymentApproved,
  PaymentCancelled,
} from './message-events.js';
import { Message } from './message.js';

/** The Java services publish a cancellation for any change of the row: only the status tells. */
@PolicyHandler()
export class MessagePolicies {
  private readonly messages = inject(repositoryOf(Message));

  @Whenever(PaymentApproved)
  @Whenever(PaymentCancelled)
  tellOfPayment(event: PaymentApproved | PaymentCancelled) {
    if (event instanceof PaymentCancelled && event.status !== 'PaymentCancelled') return;
    this.messages.add(new Message({ ...event, paymentId: event.id }));
  }

  @Whenever(DeliveryStarted)
  @Whenever(DeliveryCompleted)
  @Whenever(DeliveryCancelled)
  tellOfDelivery(event: DeliveryStarted | DeliveryCompleted | DeliveryCancelled) {
    if (event instanceof DeliveryCancelled && event.status !== 'DeliveryCancelled') return;
    this.messages.add(new Message({ ...event, deliveryId: event.id }));
  }
}
