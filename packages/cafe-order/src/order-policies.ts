import { PolicyHandler, Whenever, inject, repositoryOf } from '@skanu/framework';
import { DeliveryCompleted } from './order-events.js';
import { Order } from './order.js';

@PolicyHandler()
export class OrderPolicies {
  private readonly orders = inject(repositoryOf(Order));

  @Whenever(DeliveryCompleted)
  async noteHandedOver(event: DeliveryCompleted) {
    const order = await this.orders.find(event.orderId);
    if (order) order.handedOver = true;
  }
}
