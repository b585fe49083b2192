import { defineService } from '@skanu/framework';
import { PaymentApproved, PaymentCancelled } from './payment-events.js';
import { PaymentPolicies } from './payment-policies.js';
import { Payment } from './payment.js';

export const paymentService = defineService({
  name: 'payment',
  port: 8082,
  topic: 'skanucafe',
  aggregates: [Payment],
  events: [PaymentApproved, PaymentCancelled],
  policies: [PaymentPolicies],
});
