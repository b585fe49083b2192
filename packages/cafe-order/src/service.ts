import { defineService } from '@skanu/framework';
import { OrderCancelled, OrderPlaced } from './order-events.js';
import { OrderPolicies } from './order-policies.js';
import { Order } from './order.js';
import { PaymentClient } from './payment-client.js';

export const orderService = defineService({
  name: 'order',
  port: 8081,
  topic: 'skanucafe',
  aggregates: [Order],
  events: [OrderPlaced, OrderCancelled],
  policies: [OrderPolicies],
  clients: [PaymentClient],
});
