import { defineGateway } from '../../../src/model/gateway-definition.js';

export const door = defineGateway({
  name: 'door',
  port: 0,
  routes: [{ path: '/sales', service: 'shop', url: 'http://localhost:1' }],
});
