import { defineService } from '@skanu/framework';
import { OrderTraceView } from './order-trace-view.js';

export const orderTraceService = defineService({
  name: 'ordertrace',
  port: 8084,
  topic: 'skanucafe',
  views: [OrderTraceView],
});
