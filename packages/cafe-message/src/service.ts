import { defineService } from '@skanu/framework';
import { MessagePolicies } from './message-policies.js';
import { Message } from './message.js';

export const messageService = defineService({
  name: 'message',
  port: 8085,
  topic: 'skanucafe',
  aggregates: [Message],
  policies: [MessagePolicies],
});
