import { bootFaults } from '@skanu/framework';
import { type TestService, startTestService } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryStarted, OrderPlaced, PaymentApproved } from '../src/order-trace-events.js';
import { OrderTrace } from '../src/order-trace.js';
import { orderTraceService } from '../src/service.js';

/** As the Java services send: no key, no headers. */
const java = (eventType: string, fields: object) => ({
  value: { eventType, timestamp: '20261121114929', status: eventType, ...fields },
});

it('the service fits together', () => {
  expect(bootFaults(orderTraceService)).toEqual([]);
});

describe('the trace of orders', () => {
  let trace: TestService;

  beforeAll(async () => {
    trace = await startTestService(orderTraceService);
  });
  afterAll(() => trace[Symbol.asyncDispose]());

  const row = async (id: number) => (await trace.request<any>('GET', `/orderTraces/${id}`)).body;

  it("is found under the order's id, and follows its events", async () => {
    const order = { product: 'coffee', qty: 1, cost: 1000 };
    await trace.given(new OrderPlaced({ ...order, id: 1, status: 'OrderPlaced' }));
    expect(await row(1)).toMatchObject({
      id: 1,
      orderId: 1,
      ...order,
      status: 'OrderPlaced',
      paymentId: null,
    });
    await trace.given(new PaymentApproved({ ...order, id: 11, orderId: 1, status: 'PaymentApproved' }));
    expect(await row(1)).toMatchObject({ paymentId: 11, deliveryId: null, status: 'PaymentApproved' });
    const started = {
      id: 21,
      orderId: 1,
      paymentId: 11,
      product: 'coffee',
      qty: 1,
      status: 'DeliveryStarted',
    };
    expect(await trace.when(new DeliveryStarted(started))).toEqual([]);
    expect(await row(1)).toMatchObject({ id: 1, paymentId: 11, deliveryId: 21, status: 'DeliveryStarted' });
  });

  it('shows the delivery although the order of the Java services is loose: their own event often comes last', async () => {
    await trace.given(
      java('PaymentApproved', { id: 12, orderId: 2, product: 'tea', qty: 2, cost: 2000 }),
      java('DeliveryStarted', { id: '22', orderId: '2', paymentId: 12, product: 'tea', qty: 2 }),
      java('OrderPlaced', { id: 2, product: 'tea', qty: 2, cost: 2000 }),
    );
    expect(await row(2)).toMatchObject({
      orderId: 2,
      product: 'tea',
      qty: 2,
      cost: 2000,
      paymentId: 12,
      deliveryId: 22,
      status: 'DeliveryStarted',
    });
  });

  it('does not go back when a Java service publishes a cancellation for any other change', async () => {
    const payment = { id: 13, orderId: 3, product: 'tea', qty: 2, cost: 2000 };
    await trace.given(
      java('PaymentApproved', payment),
      java('DeliveryStarted', { id: 23, orderId: 3, paymentId: 13, product: 'tea', qty: 2 }),
      java('PaymentCancelled', { ...payment, status: 'PaymentApproved' }),
    );
    expect(await row(3)).toMatchObject({ status: 'DeliveryStarted' });
  });

  it('is read only', async () => {
    const before = await trace.stored(OrderTrace);
    for (const [method, path] of [
      ['POST', '/orderTraces'],
      ['PATCH', '/orderTraces/1'],
      ['DELETE', '/orderTraces/1'],
    ] as const) {
      const answer = await trace.request(method, path, { status: 'DeliveryCompleted' });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, expect.stringContaining('GET')]);
    }
    expect(await trace.stored(OrderTrace)).toEqual(before);
  });

  it('is searched by its status', async () => {
    const found = await trace.request<any>('GET', '/orderTraces/search/findByStatus?status=DeliveryStarted');
    expect(found.body._embedded.orderTraces.map(({ id }: any) => id)).toEqual([1, 2, 3]);
    expect((await trace.request('GET', '/orderTraces/search/findByStatus?status=Nonsense')).status).toBe(400);
  });
});
