import { defineGateway } from '@skanu/framework';

export const cafeGateway = defineGateway({
  name: 'gateway',
  port: 8088,
  routes: [
    { path: '/orders', service: 'order', url: 'http://localhost:8081' },
    { path: '/payments', service: 'payment', url: 'http://localhost:8082' },
    { path: '/deliveries', service: 'delivery', url: 'http://localhost:8083' },
    { path: '/orderTraces', service: 'ordertrace', url: 'http://localhost:8084' },
    { path: '/messages', service: 'message', url: 'http://localhost:8085' },
  ],
});
