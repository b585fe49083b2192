import {
  type StandIn,
  type StandInAnswer,
  type TestService,
  startStandIn,
  startTestService,
} from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Order } from '../src/order.js';
import { orderService } from '../src/service.js';

const coffee = { product: 'coffee', qty: 1, cost: 1000 };
const problem = { 'content-type': 'application/problem+json' };

describe('no payment, no order', () => {
  let payment: StandIn;
  let order: TestService;

  beforeAll(async () => {
    payment = await startStandIn();
    order = await startTestService(orderService, { settings: { PAYMENT_URL: payment.url } });
  });
  afterAll(async () => {
    await order[Symbol.asyncDispose]();
    await payment[Symbol.asyncDispose]();
  });

  async function expectNothingLeft(of = order): Promise<void> {
    expect(await of.stored(Order)).toEqual([]);
    expect(await of.wire()).toEqual([]);
  }

  it.each<[string, StandInAnswer, number, string]>([
    ['fails (500)', { status: 500 }, 503, 'REMOTE_REFUSED'],
    ['is overloaded (503)', { status: 503, headers: { 'retry-after': '7' } }, 503, 'REMOTE_REFUSED'],
    ['asks to slow down (429)', { status: 429 }, 503, 'REMOTE_REFUSED'],
    ['refuses (409)', { status: 409, headers: problem, body: { detail: 'no money' } }, 409, 'REMOTE_REFUSED'],
    ['finds fault with the request (400)', { status: 400 }, 409, 'REMOTE_REFUSED'],
    ['is not what it should be (404)', { status: 404 }, 502, 'REMOTE_REFUSED'],
    ['answers with garbage', { status: 201, body: '<html>' }, 502, 'REMOTE_BAD_ANSWER'],
    ['answers with something else', { status: 201, body: { paid: true } }, 502, 'REMOTE_BAD_ANSWER'],
    ['answers with nothing', { status: 204 }, 502, 'REMOTE_BAD_ANSWER'],
    ['sends elsewhere', { status: 302, headers: { location: '/' } }, 502, 'REMOTE_BAD_ANSWER'],
  ])('payment %s', async (_, answer, status, code) => {
    payment.answers(answer);
    const refused = await order.request<any>('POST', '/orders', coffee);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(refused.headers.has('retry-after')).toBe(status === 503);
    await expectNothingLeft();
  });

  it('what payment said when it refused is handed on', async () => {
    payment.answers({ status: 409, headers: problem, body: { code: 'DOMAIN_RULE', detail: 'no money' } });
    const refused = await order.request<any>('POST', '/orders', coffee);
    expect(refused.body.remote).toMatchObject({ status: 409, code: 'DOMAIN_RULE', detail: 'no money' });
    await expectNothingLeft();
  });

  it('payment takes longer than 610 ms: the customer knows soon', async () => {
    payment.answers(() => new Promise(() => {}));
    const begin = performance.now();
    const refused = await order.request<any>('POST', '/orders', coffee);
    const tookMs = performance.now() - begin;
    expect([refused.status, refused.body.code]).toEqual([503, 'REMOTE_TIMEOUT']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(tookMs).toBeGreaterThan(600);
    expect(tookMs).toBeLessThan(3_000);
    await expectNothingLeft();
  });

  it('payment breaks the connection off', async () => {
    payment.answers(() => {
      throw new Error('gone');
    });
    const refused = await order.request<any>('POST', '/orders', coffee);
    expect([refused.status, refused.body.code]).toEqual([503, 'REMOTE_UNREACHABLE']);
    await expectNothingLeft();
  });

  it('payment is not there', async () => {
    const gone = await startStandIn();
    await gone[Symbol.asyncDispose]();
    await using lonely = await startTestService(orderService, { settings: { PAYMENT_URL: gone.url } });
    const refused = await lonely.request<any>('POST', '/orders', coffee);
    expect([refused.status, refused.body.code]).toEqual([503, 'REMOTE_UNREACHABLE']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectNothingLeft(lonely);
  });
});
