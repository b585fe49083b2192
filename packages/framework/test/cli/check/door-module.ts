import { defineGateway } from '../../../src/model/gateway-definition.js';

export const door = defineGateway({
  name: 'door',
  port: 0,
  routes: [{ path: '/books', service: 'library' }],
});
