import { bootFaults } from '@skanu/framework';
import { type TestService, startTestService } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderCancelled, PaymentApproved, PaymentCancelled } from '../src/payment-events.js';
import { Payment } from '../src/payment.js';
import { paymentService } from '../src/service.js';

const coffee = { orderId: 1, product: 'coffee', qty: 1, cost: 1000 };

/** As the Java services send: no key, no headers. */
const java = (eventType: string, fields: object) => ({
  value: { eventType, timestamp: '20261121114929', ...fields },
});

it('the service fits together', () => {
  expect(bootFaults(paymentService)).toEqual([]);
});

describe('payment', () => {
  let payment: TestService;
  let orders = 100;

  beforeAll(async () => {
    payment = await startTestService(paymentService);
  });
  afterAll(() => payment[Symbol.asyncDispose]());

  async function pay(orderId = ++orders) {
    const { status, body } = await payment.request<any>('POST', '/payments', { ...coffee, orderId });
    expect(status).toBe(201);
    return { id: body.id as number, orderId };
  }

  const stored = async (id: number) => (await payment.stored(Payment)).find((one) => one.id === id);
  const cancellations = async (id: number) =>
    (await payment.published(PaymentCancelled)).filter((event) => event.id === id);

  it.each<[string, unknown, number, string, string?]>([
    ['qty=abc', { ...coffee, qty: 'abc' }, 400, 'INVALID_INPUT', '/qty'],
    ['qty=-1', { ...coffee, qty: -1 }, 400, 'INVALID_INPUT', '/qty'],
    ['qty=1.5', { ...coffee, qty: '1.5' }, 400, 'INVALID_INPUT', '/qty'],
    ['no order', { ...coffee, orderId: undefined }, 400, 'INVALID_INPUT', '/orderId'],
    ['order 0', { ...coffee, orderId: 0 }, 400, 'INVALID_INPUT', '/orderId'],
    ['no product', { ...coffee, product: undefined }, 400, 'INVALID_INPUT', '/product'],
    ['status=Nonsense', { ...coffee, status: 'Nonsense' }, 400, 'INVALID_INPUT', '/status'],
    ['a cancelled one', { ...coffee, status: 'PaymentCancelled' }, 409, 'DOMAIN_RULE'],
    ['broken JSON', '{"orderId": 1', 400, 'MALFORMED_BODY'],
    ['2 MB of JSON', { ...coffee, note: 'x'.repeat(2_000_000) }, 413, 'BODY_TOO_LARGE'],
  ])('%s is refused, and nothing is written or published', async (_, body, status, code, pointer) => {
    const before = [await payment.stored(Payment), await payment.wire()];
    const answer = await payment.request<any>('POST', '/payments', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors?.[0].pointer).toBe(pointer);
    expect([await payment.stored(Payment), await payment.wire()]).toEqual(before);
  });

  it('is approved as order asks, texts for numbers too, and says so on the topic', async () => {
    const body = { orderId: '9', product: 'coffee', qty: '1', cost: '1000' };
    const { id } = (await payment.request<{ id: number }>('POST', '/payments', body)).body;
    const [approved] = (await payment.wire()).filter(({ key }) => key === '9');
    expect(approved!.text).toMatch(
      new RegExp(
        `^{"eventType":"PaymentApproved","timestamp":"\\d{14}","id":${id},"orderId":9,"product":"coffee","qty":1,"cost":1000,"status":"PaymentApproved"}$`,
      ),
    );
    expect(await payment.published(PaymentApproved)).toContainEqual(
      new PaymentApproved({ ...coffee, id, orderId: 9, status: 'PaymentApproved' }),
    );
  });

  it('is cancelled when its order is, once', async () => {
    const { id, orderId } = await pay();
    const cancelled = new OrderCancelled({ id: orderId, status: 'OrderCancelled' });
    expect(await payment.when(cancelled)).toMatchObject([
      {
        key: String(orderId),
        json: { eventType: 'PaymentCancelled', id, orderId, status: 'PaymentCancelled' },
      },
    ]);
    expect(await payment.when(cancelled)).toEqual([]);
    expect(await stored(id)).toMatchObject({ status: 'PaymentCancelled' });
  });

  it('is cancelled by a Java order: no key, no headers, its id as a text', async () => {
    const { id, orderId } = await pay();
    const fields = { id: String(orderId), product: 'coffee', qty: 1, cost: 1000, status: 'OrderCancelled' };
    expect(await payment.when(java('OrderCancelled', fields))).toHaveLength(1);
    expect(await stored(id)).toMatchObject({ status: 'PaymentCancelled' });
  });

  it('is not cancelled by what a Java order publishes for any other change', async () => {
    const { id, orderId } = await pay();
    expect(await payment.when(java('OrderCancelled', { id: orderId, status: 'OrderPlaced' }))).toEqual([]);
    expect(await stored(id)).toMatchObject({ status: 'PaymentApproved', version: 1 });
  });

  it('is cancelled for each payment of the order, and of no other', async () => {
    const [one, other] = [await pay(), await pay()];
    const again = await pay(one.orderId);
    await payment.given(new OrderCancelled({ id: one.orderId, status: 'OrderCancelled' }));
    expect(await cancellations(one.id)).toHaveLength(1);
    expect(await cancellations(again.id)).toHaveLength(1);
    expect(await cancellations(other.id)).toEqual([]);
  });

  it('stays as it was approved, and cancelled for good', async () => {
    const { id, orderId } = await pay();
    const patch = (change: object) => payment.request<any>('PATCH', `/payments/${id}`, change);
    for (const change of [{ qty: 2 }, { cost: 1 }, { product: 'tea' }, { orderId: orderId + 1 }])
      expect((await patch(change)).body).toMatchObject({ status: 409, code: 'DOMAIN_RULE' });
    expect((await payment.request('DELETE', `/payments/${id}`)).status).toBe(409);
    expect((await patch({ status: 'PaymentCancelled' })).status).toBe(200);
    expect((await patch({ status: 'PaymentApproved' })).body).toMatchObject({
      status: 409,
      code: 'DOMAIN_RULE',
    });
    expect(await stored(id)).toMatchObject({ status: 'PaymentCancelled', version: 2, qty: 1 });
    expect(await cancellations(id)).toHaveLength(1);
  });

  it('what is no event waits for somebody to look at it, and holds up nobody', async () => {
    const { id, orderId } = await pay();
    await payment.given(
      { value: null },
      { value: '{"eventType":null}' },
      { value: 'garbage' },
      java('OrderCancelled', { id: 'no number', status: 'OrderCancelled' }),
      java('OrderForgotten', { id: orderId }),
      java('OrderCancelled', { id: orderId, status: 'OrderCancelled' }),
    );
    expect(await stored(id)).toMatchObject({ status: 'PaymentCancelled' });
    const { body } = await payment.request<any>('GET', '/actuator/parked');
    expect(body.keys.map(({ reason }: any) => reason.code).toSorted()).toEqual([
      'INVALID_EVENT',
      'UNREADABLE_RECORD',
      'UNREADABLE_RECORD',
      'UNREADABLE_RECORD',
    ]);
  });
});
