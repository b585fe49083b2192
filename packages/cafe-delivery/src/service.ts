import { defineService } from '@skanu/framework';
import { DeliveryCancelled, DeliveryCompleted, DeliveryStarted } from './delivery-events.js';
import { DeliveryPolicies } from './delivery-policies.js';
import { Delivery } from './delivery.js';

export const deliveryService = defineService({
  name: 'delivery',
  port: 8083,
  topic: 'skanucafe',
  aggregates: [Delivery],
  events: [DeliveryStarted, DeliveryCancelled, DeliveryCompleted],
  policies: [DeliveryPolicies],
});
