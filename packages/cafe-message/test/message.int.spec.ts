import { bootFaults } from '@skanu/framework';
import { type TestService, startTestService } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryStarted,
  PaymentApproved,
  PaymentCancelled,
} from '../src/message-events.js';
import { Message } from '../src/message.js';
import { messageService } from '../src/service.js';

const payment = { id: 11, product: 'coffee' };
const delivery = { id: 21, paymentId: 11, product: 'coffee' };

/** As the Java services send: no key, no headers. */
const java = (eventType: string, fields: object) => ({
  value: { eventType, timestamp: '20261121114929', ...fields },
});

it('the service fits together', () => {
  expect(bootFaults(messageService)).toEqual([]);
});

describe('message', () => {
  let message: TestService;

  beforeAll(async () => {
    message = await startTestService(messageService);
  });
  afterAll(() => message[Symbol.asyncDispose]());

  const told = async (orderId: number) =>
    (await message.stored(Message)).filter((one) => one.orderId === orderId);
  const statuses = async (orderId: number) => (await told(orderId)).map(({ status }) => status);

  it('tells of each change of state, in order, and publishes nothing', async () => {
    await message.given(
      new PaymentApproved({ ...payment, orderId: 1, status: 'PaymentApproved' }),
      new DeliveryStarted({ ...delivery, orderId: 1, status: 'DeliveryStarted' }),
      new PaymentCancelled({ ...payment, orderId: 1, status: 'PaymentCancelled' }),
      new DeliveryCancelled({ ...delivery, orderId: 1, status: 'DeliveryCancelled' }),
    );
    expect(await told(1)).toMatchObject([
      { paymentId: 11, deliveryId: null, product: 'coffee', status: 'PaymentApproved' },
      { paymentId: 11, deliveryId: 21, product: 'coffee', status: 'DeliveryStarted' },
      { paymentId: 11, deliveryId: null, product: 'coffee', status: 'PaymentCancelled' },
      { paymentId: 11, deliveryId: 21, product: 'coffee', status: 'DeliveryCancelled' },
    ]);
    expect(await message.wire()).toEqual([]);
  });

  it('tells that a drink was handed over', async () => {
    await message.given(new DeliveryCompleted({ ...delivery, orderId: 2, status: 'DeliveryCompleted' }));
    expect(await statuses(2)).toEqual(['DeliveryCompleted']);
  });

  it('tells of what Java services do: no key, no headers, numbers as texts', async () => {
    await message.given(
      java('PaymentApproved', { ...payment, orderId: '3', qty: 1, cost: 1000, status: 'PaymentApproved' }),
      java('DeliveryStarted', { ...delivery, orderId: '3', qty: '1', status: 'DeliveryStarted' }),
    );
    expect((await statuses(3)).toSorted()).toEqual(['DeliveryStarted', 'PaymentApproved']);
  });

  it('does not tell of what a Java service publishes for any other change', async () => {
    await message.given(
      java('PaymentCancelled', { ...payment, orderId: 4, status: 'PaymentApproved' }),
      java('DeliveryCancelled', { ...delivery, orderId: 4, status: 'DeliveryStarted' }),
      java('DeliveryCancelled', { ...delivery, orderId: 4, status: 'DeliveryCancelled' }),
    );
    expect(await statuses(4)).toEqual(['DeliveryCancelled']);
  });

  it('tells once of an event that is delivered twice', async () => {
    const fields = { ...payment, orderId: 5, status: 'PaymentApproved' };
    const record = { ...java('PaymentApproved', fields), headers: { ce_id: '1', ce_source: '/payment' } };
    await message.given(record, record);
    expect(await statuses(5)).toEqual(['PaymentApproved']);
  });

  it('stays as it was sent', async () => {
    const [sent] = await message.stored(Message);
    expect((await message.request('PATCH', `/messages/${sent!.id}`, { status: 'other' })).status).toBe(409);
    expect((await message.request('DELETE', `/messages/${sent!.id}`)).status).toBe(409);
    expect((await message.stored(Message))[0]).toEqual(sent);
  });

  it.each([
    ['no order', { product: 'coffee', status: 'PaymentApproved' }, 400],
    ['broken JSON', '{"orderId"', 400],
    ['2 MB of JSON', { orderId: 1, product: 'x', status: 'x'.repeat(2_000_000) }, 413],
  ])('%s is refused over HTTP, and nothing is written', async (_, body, status) => {
    const before = await message.stored(Message);
    expect((await message.request('POST', '/messages', body)).status).toBe(status);
    expect(await message.stored(Message)).toEqual(before);
  });
});
