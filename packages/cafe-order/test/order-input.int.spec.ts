import { type StandIn, type TestService, startStandIn, startTestService } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Order } from '../src/order.js';
import { orderService } from '../src/service.js';

const coffee = { product: 'coffee', qty: 1, cost: 1000, status: 'OrderPlaced' };
const { product: _, ...withoutProduct } = coffee;
const { cost: __, ...withoutCost } = coffee;

describe('what clients send as an order', () => {
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

  describe('is refused with a 4xx that names the field, and nothing is written, published or paid', () => {
    it.each<[string, unknown, number, string, string?]>([
      ['qty=abc', { ...coffee, qty: 'abc' }, 400, 'INVALID_INPUT', '/qty'],
      ['qty=-1', { ...coffee, qty: '-1' }, 400, 'INVALID_INPUT', '/qty'],
      ['qty=0', { ...coffee, qty: 0 }, 400, 'INVALID_INPUT', '/qty'],
      ['qty=1.5', { ...coffee, qty: '1.5' }, 400, 'INVALID_INPUT', '/qty'],
      ['qty=null', { ...coffee, qty: null }, 400, 'INVALID_INPUT', '/qty'],
      [
        'qty beyond what a number can hold',
        { ...coffee, qty: '9007199254740993' },
        400,
        'INVALID_INPUT',
        '/qty',
      ],
      ['no product', withoutProduct, 400, 'INVALID_INPUT', '/product'],
      ['a blank product', { ...coffee, product: '  ' }, 400, 'INVALID_INPUT', '/product'],
      [
        'a product that is too long',
        { ...coffee, product: 'x'.repeat(201) },
        400,
        'INVALID_INPUT',
        '/product',
      ],
      ['product=7 as a number', { ...coffee, product: 7 }, 400, 'INVALID_INPUT', '/product'],
      ['no cost', withoutCost, 400, 'INVALID_INPUT', '/cost'],
      ['cost=-1', { ...coffee, cost: -1 }, 400, 'INVALID_INPUT', '/cost'],
      ['status=Nonsense', { ...coffee, status: 'Nonsense' }, 400, 'INVALID_INPUT', '/status'],
      ['a list', [coffee], 400, 'INVALID_INPUT', ''],
      ['broken JSON', '{"product": "coffee",', 400, 'MALFORMED_BODY'],
      ['nothing at all', '', 400, 'MALFORMED_BODY'],
      ['2 MB of JSON', { ...coffee, note: 'x'.repeat(2_000_000) }, 413, 'BODY_TOO_LARGE'],
      ['an order that is cancelled already', { ...coffee, status: 'OrderCancelled' }, 409, 'DOMAIN_RULE'],
    ])('%s', async (_title, body, status, code, pointer) => {
      const answer = await order.request<any>('POST', '/orders', body);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect([answer.status, answer.body.status, answer.body.code]).toEqual([status, status, code]);
      expect(answer.body.errors?.map((error: any) => error.pointer)).toEqual(
        pointer === undefined ? undefined : [pointer],
      );
      expect(await order.stored(Order)).toEqual([]);
      expect(await order.wire()).toEqual([]);
      expect(payment.requests).toEqual([]);
    });

    it('all fields that fail are named at once', async () => {
      const answer = await order.request<any>('POST', '/orders', { qty: 'abc', cost: 'x' });
      expect(answer.body.errors.map((error: any) => error.pointer)).toEqual(['/product', '/qty', '/cost']);
    });

    it('a body of another type', async () => {
      const answer = await order.request('POST', '/orders', 'coffee', { 'content-type': 'text/plain' });
      expect(answer.status).toBe(415);
      expect(await order.stored(Order)).toEqual([]);
    });
  });

  it('is taken with texts for numbers, without a status, and with fields that nobody knows', async () => {
    const answer = await order.request<any>('POST', '/orders', {
      product: ' coffee ',
      qty: '1',
      cost: '1000',
      handedOver: true,
      sugar: 'yes',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      product: 'coffee',
      qty: 1,
      cost: 1000,
      status: 'OrderPlaced',
    });
    expect(await order.stored(Order)).toMatchObject([{ product: 'coffee', qty: 1, handedOver: false }]);
  });
});
