import { bootFaults } from '@skanu/framework';
import { type TestService, startTestService } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PaymentApproved, PaymentCancelled } from '../src/delivery-events.js';
import { Delivery } from '../src/delivery.js';
import { deliveryService } from '../src/service.js';

/** As the Java services send: no key, no headers. */
const java = (eventType: string, fields: object) => ({
  value: { eventType, timestamp: '20261121114929', ...fields },
});

it('the service fits together', () => {
  expect(bootFaults(deliveryService)).toEqual([]);
});

describe('delivery', () => {
  let delivery: TestService;
  let payments = 0;

  beforeAll(async () => {
    delivery = await startTestService(deliveryService);
  });
  afterAll(() => delivery[Symbol.asyncDispose]());

  const approved = () => {
    const id = ++payments;
    return new PaymentApproved({ id, orderId: 100 + id, product: 'coffee', qty: 1 });
  };
  const cancelled = ({ id, orderId }: PaymentApproved) =>
    new PaymentCancelled({ id, orderId, status: 'PaymentCancelled' });
  const of = async ({ id, orderId }: { id: number; orderId: number }) =>
    (await delivery.stored(Delivery)).filter((one) => one.paymentId === id && one.orderId === orderId);
  const patch = (id: number, status: string) =>
    delivery.request<any>('PATCH', `/deliveries/${id}`, { status });

  it('starts when a payment is approved, and says so on the topic', async () => {
    const event = approved();
    const [started] = await delivery.when(event);
    const [row] = await of(event);
    expect(row).toMatchObject({ product: 'coffee', qty: 1, status: 'DeliveryStarted' });
    expect(started!.key).toBe(String(event.orderId));
    expect(started!.text).toMatch(
      new RegExp(
        `^{"eventType":"DeliveryStarted","timestamp":"\\d{14}","id":${row!.id},"orderId":${event.orderId},"paymentId":${event.id},"product":"coffee","qty":1,"status":"DeliveryStarted"}$`,
      ),
    );
  });

  it('is cancelled with its payment, once', async () => {
    const event = approved();
    await delivery.given(event);
    expect(await delivery.when(cancelled(event))).toMatchObject([
      { json: { eventType: 'DeliveryCancelled', orderId: event.orderId, status: 'DeliveryCancelled' } },
    ]);
    expect(await delivery.when(cancelled(event))).toEqual([]);
    expect(await of(event)).toMatchObject([{ status: 'DeliveryCancelled' }]);
  });

  it('is started and cancelled by a Java payment: no key, no headers, numbers as texts', async () => {
    const fields = {
      id: '501',
      orderId: '502',
      product: 'tea',
      qty: '2',
      cost: 2000,
      status: 'PaymentApproved',
    };
    expect(await delivery.when(java('PaymentApproved', fields))).toHaveLength(1);
    // a Java payment publishes this for any change: only the status tells
    expect(await delivery.when(java('PaymentCancelled', fields))).toEqual([]);
    const off = { ...fields, status: 'PaymentCancelled' };
    expect(await delivery.when(java('PaymentCancelled', off))).toHaveLength(1);
    expect(await of({ id: 501, orderId: 502 })).toMatchObject([{ status: 'DeliveryCancelled', qty: 2 }]);
  });

  it('the same payment again without an id of its own is another one: Java counts from 1 after a restart', async () => {
    const fields = { id: 601, orderId: 602, product: 'tea', qty: 1, status: 'PaymentApproved' };
    await delivery.given(java('PaymentApproved', fields), java('PaymentApproved', fields));
    expect(await of({ id: 601, orderId: 602 })).toHaveLength(2);
  });

  it('the same event delivered again is not', async () => {
    const record = {
      ...java('PaymentApproved', {
        id: 701,
        orderId: 702,
        product: 'tea',
        qty: 1,
        status: 'PaymentApproved',
      }),
      headers: { ce_id: 'seen before', ce_source: '/payment' },
    };
    await delivery.given(record, record);
    expect(await of({ id: 701, orderId: 702 })).toHaveLength(1);
  });

  it('that was handed over stays so, whatever comes', async () => {
    const event = approved();
    await delivery.given(event);
    const { id } = (await of(event))[0]!;
    expect((await patch(id, 'DeliveryCompleted')).body.status).toBe('DeliveryCompleted');
    expect(await delivery.when(cancelled(event))).toEqual([]);
    for (const status of ['DeliveryCancelled', 'DeliveryStarted'])
      expect((await patch(id, status)).body).toMatchObject({ status: 409, code: 'DOMAIN_RULE' });
    expect(await of(event)).toMatchObject([{ status: 'DeliveryCompleted', version: 2 }]);
    const types = (await delivery.wire())
      .filter(({ key }) => key === String(event.orderId))
      .map(({ json }) => json['eventType']);
    expect(types).toEqual(['DeliveryStarted', 'DeliveryCompleted']);
  });

  it('stays what it was begun for, and on record', async () => {
    const event = approved();
    await delivery.given(event);
    const [row] = await of(event);
    for (const body of [{ orderId: 99 }, { paymentId: 99 }, { product: 'tea' }, { qty: 7 }])
      expect((await delivery.request('PATCH', `/deliveries/${row!.id}`, body)).status).toBe(409);
    expect((await delivery.request('DELETE', `/deliveries/${row!.id}`)).status).toBe(409);
    expect(await of(event)).toEqual([row]);
  });

  it('a payment that nobody delivers is cancelled without effect', async () => {
    expect(await delivery.when(cancelled(approved()))).toEqual([]);
  });

  it.each<[string, unknown, number, string, string?]>([
    ['qty=abc', { qty: 'abc' }, 400, 'INVALID_INPUT', '/qty'],
    ['qty=-1', { qty: -1 }, 400, 'INVALID_INPUT', '/qty'],
    ['qty=1.5', { qty: 1.5 }, 400, 'INVALID_INPUT', '/qty'],
    ['no product', { product: undefined }, 400, 'INVALID_INPUT', '/product'],
    ['no payment', { paymentId: undefined }, 400, 'INVALID_INPUT', '/paymentId'],
    ['status=Nonsense', { status: 'Nonsense' }, 400, 'INVALID_INPUT', '/status'],
    ['2 MB of JSON', { note: 'x'.repeat(2_000_000) }, 413, 'BODY_TOO_LARGE'],
  ])('%s is refused, and nothing is written or published', async (_, change, status, code, pointer) => {
    const before = [await delivery.stored(Delivery), await delivery.wire()];
    const body = { orderId: 1, paymentId: 1, product: 'coffee', qty: 1, ...(change as object) };
    const answer = await delivery.request<any>('POST', '/deliveries', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors?.[0].pointer).toBe(pointer);
    expect((await delivery.request('POST', '/deliveries', '{"qty":')).status).toBe(400);
    expect([await delivery.stored(Delivery), await delivery.wire()]).toEqual(before);
  });
});
