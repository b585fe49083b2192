import { bootFaults } from '@skanu/framework';
import { type StandIn, type TestService, startStandIn, startTestService } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryCompleted, OrderCancelled, OrderPlaced } from '../src/order-events.js';
import { Order } from '../src/order.js';
import { orderService } from '../src/service.js';

it('the service fits together', () => {
  expect(bootFaults(orderService)).toEqual([]);
});

describe('an order', () => {
  let payment: StandIn;
  let order: TestService;

  beforeAll(async () => {
    payment = await startStandIn();
    payment.answers({ status: 201, body: { id: 1 } });
    order = await startTestService(orderService, { settings: { PAYMENT_URL: payment.url } });
  });
  afterAll(async () => {
    await order[Symbol.asyncDispose]();
    await payment[Symbol.asyncDispose]();
  });

  async function place(): Promise<number> {
    const body = { product: 'coffee', qty: 1, cost: 1000 };
    return (await order.request<{ id: number }>('POST', '/orders', body)).body.id;
  }

  const patch = (id: number, change: object) => order.request<any>('PATCH', `/orders/${id}`, change);
  const cancel = (id: number) => patch(id, { status: 'OrderCancelled' });
  const cancellations = async (id: number) =>
    (await order.published(OrderCancelled)).filter((event) => event.id === id);
  const stored = async (id: number) => (await order.stored(Order)).find((one) => one.id === id);

  it('is paid when it is placed, and says so on the topic, exactly as others read it', async () => {
    const id = await place();
    expect(payment.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/payments',
      body: { orderId: id, product: 'coffee', qty: 1, cost: 1000 },
    });
    const [placed] = (await order.wire()).filter(({ key }) => key === String(id));
    expect(placed!.text).toMatch(
      new RegExp(
        `^{"eventType":"OrderPlaced","timestamp":"\\d{14}","id":${id},"product":"coffee","qty":1,"status":"OrderPlaced","cost":1000}$`,
      ),
    );
    expect(placed!.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_type: 'OrderPlaced',
      ce_source: '/order',
      'content-type': 'application/json',
      traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-01$/),
    });
    // alone it makes every Java consumer fail
    expect(placed!.headers).not.toHaveProperty('contentType');
    expect(payment.requests.at(-1)!.headers['traceparent']).toContain(
      placed!.headers['traceparent']!.slice(3, 35),
    );
  });

  it('is cancelled once, however often that is asked', async () => {
    const id = await place();
    expect((await cancel(id)).body).toMatchObject({ id, status: 'OrderCancelled' });
    expect((await cancel(id)).status).toBe(200);
    expect(await cancellations(id)).toEqual([
      new OrderCancelled({ id, product: 'coffee', qty: 1, cost: 1000, status: 'OrderCancelled' }),
    ]);
  });

  it('cannot be brought back', async () => {
    const id = await place();
    await cancel(id);
    const answer = await patch(id, { status: 'OrderPlaced' });
    expect([answer.status, answer.body.code]).toEqual([409, 'DOMAIN_RULE']);
    expect(await stored(id)).toMatchObject({ status: 'OrderCancelled' });
  });

  it.each([{ qty: 2 }, { product: 'tea' }, { cost: 1 }])('stays as it was paid: %o', async (change) => {
    const id = await place();
    const answer = await patch(id, change);
    expect([answer.status, answer.body.code]).toEqual([409, 'DOMAIN_RULE']);
    expect(await stored(id)).toMatchObject({ product: 'coffee', qty: 1, cost: 1000, version: 1 });
    expect(await cancellations(id)).toEqual([]);
  });

  it('is not changed by a patch that changes nothing, or only what the service sets', async () => {
    const id = await place();
    const before = (await order.wire()).length;
    expect((await patch(id, { qty: '1', handedOver: true })).status).toBe(200);
    expect(await stored(id)).toMatchObject({ version: 1, handedOver: false });
    expect(await order.wire()).toHaveLength(before);
  });

  it('that was handed over can no longer be cancelled', async () => {
    const id = await place();
    expect(await order.when(new DeliveryCompleted({ orderId: id }))).toEqual([]);
    const answer = await cancel(id);
    expect([answer.status, answer.body.code]).toEqual([409, 'DOMAIN_RULE']);
    expect(await stored(id)).toMatchObject({ status: 'OrderPlaced', handedOver: true });
    expect(await cancellations(id)).toEqual([]);
  });

  it('that is deleted is cancelled for the others; one that had its end is not', async () => {
    const [placed, cancelled, handedOver] = [await place(), await place(), await place()];
    await cancel(cancelled);
    await order.given(new DeliveryCompleted({ orderId: handedOver }));
    for (const id of [placed, cancelled, handedOver])
      expect((await order.request('DELETE', `/orders/${id}`)).status).toBe(204);
    expect(await cancellations(placed)).toMatchObject([{ status: 'OrderCancelled' }]);
    expect(await cancellations(cancelled)).toHaveLength(1);
    expect(await cancellations(handedOver)).toEqual([]);
  });

  it('hears of its delivery from a Java service too: no key, no headers, numbers as texts', async () => {
    const id = await place();
    await order.given({
      value: { eventType: 'DeliveryCompleted', timestamp: '20261121114929', id: 7, orderId: String(id) },
    });
    expect(await stored(id)).toMatchObject({ handedOver: true });
  });

  it('that nobody knows, and events that nobody here reads, are passed over', async () => {
    await order.given(
      { value: { eventType: 'DeliveryCompleted', timestamp: '20261121114929', orderId: 4711 } },
      { value: { eventType: 'DeliveryStarted', timestamp: '20261121114929', id: 1, orderId: 1 } },
    );
    const parked = await order.request<any>('GET', '/actuator/parked');
    expect(parked.body.total).toBe(0);
  });

  it('publishes nothing but what it declares', async () => {
    const types = new Set((await order.wire()).map(({ json }) => json['eventType']));
    expect(types).toEqual(new Set([OrderPlaced.eventType, OrderCancelled.eventType]));
  });
});
