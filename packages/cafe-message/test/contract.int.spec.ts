import { pacts, samples, states } from '@skanu/contracts/states';
import { contract, yesterdaysEvents } from '@skanu/framework/testing';
import { afterAll, describe, expect, it } from 'vitest';
import {
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryStarted,
  PaymentApproved,
  PaymentCancelled,
} from '../src/message-events.js';
import { Message } from '../src/message.js';
import { messageService } from '../src/service.js';

describe('what message expects', () => {
  const message = contract(messageService, { pacts });
  afterAll(() => message.settle());

  it.each([
    [PaymentApproved, states.payment['a payment was approved']()],
    [PaymentCancelled, states.payment['a payment was cancelled']()],
    [DeliveryStarted, states.delivery['a delivery was started']()],
    [DeliveryCompleted, states.delivery['a delivery was completed']()],
    [DeliveryCancelled, states.delivery['a delivery was cancelled']()],
  ] as const)('to hear of it, so that the customer is told: %o', (event, given) => {
    const status = event.eventType;
    return message.reads<any>(event, { given, exactly: { status } }, async ({ service }) =>
      expect(await service.stored(Message)).toMatchObject([{ orderId: 20, product: 'americano', status }]),
    );
  });
});

describe('what was released before is still understood', () => {
  it.each(yesterdaysEvents(messageService, { samples }))('$title', ({ replay }) => replay());
});
