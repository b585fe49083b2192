import { ViewHandler, When } from '@skanu/framework';
import {
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryStarted,
  OrderCancelled,
  OrderPlaced,
  PaymentApproved,
  PaymentCancelled,
} from './order-trace-events.js';
import { OrderTrace } from './order-trace.js';

@ViewHandler(OrderTrace)
export class OrderTraceView {
  @When(OrderPlaced, { id: (e) => e.id })
  @When(OrderCancelled, { id: (e) => e.id })
  order({ id, product, qty, cost, status }: OrderPlaced | OrderCancelled, trace: OrderTrace) {
    Object.assign(trace, { orderId: id, product, qty, cost });
    trace.advance(status);
  }

  @When(PaymentApproved, { id: (e) => e.orderId })
  @When(PaymentCancelled, { id: (e) => e.orderId })
  payment(
    { id, orderId, product, qty, cost, status }: PaymentApproved | PaymentCancelled,
    trace: OrderTrace,
  ) {
    Object.assign(trace, { orderId, product, qty, cost, paymentId: id });
    trace.advance(status);
  }

  @When(DeliveryStarted, { id: (e) => e.orderId })
  @When(DeliveryCompleted, { id: (e) => e.orderId })
  @When(DeliveryCancelled, { id: (e) => e.orderId })
  delivery(
    { id, orderId, paymentId, product, qty, status }: DeliveryStarted | DeliveryCompleted | DeliveryCancelled,
    trace: OrderTrace,
  ) {
    Object.assign(trace, { orderId, product, qty, paymentId, deliveryId: id });
    trace.advance(status);
  }
}
