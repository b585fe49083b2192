import { type StandIn, type TestGateway, startStandIn, startTestGateway } from '@skanu/framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cafeGateway } from '../src/service.js';

const SERVICES = ['order', 'payment', 'delivery', 'ordertrace', 'message'] as const;

describe('the gateway of the cafe', () => {
  const services = new Map<string, StandIn>();
  let gateway: TestGateway;

  beforeAll(async () => {
    for (const name of SERVICES) services.set(name, await startStandIn());
    const urls = SERVICES.map((name) => [`${name.toUpperCase()}_URL`, services.get(name)!.url]);
    // a quick end to waiting: how long does not matter here
    gateway = await startTestGateway({ ...cafeGateway, timeoutMs: 300 }, Object.fromEntries(urls));
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    for (const service of services.values()) await service[Symbol.asyncDispose]();
  });

  it.each([
    ['/orders', 'order'],
    ['/payments/1', 'payment'],
    ['/deliveries/search/findByStatus?status=DeliveryStarted', 'delivery'],
    ['/orderTraces/1', 'ordertrace'],
    ['/messages?size=100', 'message'],
  ])('%s is answered by %s', async (path, name) => {
    services.get(name)!.answers({ status: 200, body: { name } });
    const answer = await gateway.request('GET', path);
    expect([answer.status, answer.body]).toEqual([200, { name }]);
    const { requests } = services.get(name)!;
    expect(requests.at(-1)).toMatchObject({
      path,
      headers: { 'x-forwarded-host': new URL(gateway.url).host, 'x-forwarded-proto': 'http' },
    });
  });

  it('hands on what clients send, and what services refuse', async () => {
    const order = services.get('order')!;
    order.answers({
      status: 409,
      headers: { 'content-type': 'application/problem+json' },
      body: { code: 'X' },
    });
    const answer = await gateway.request('PATCH', '/orders/1', { status: 'OrderCancelled' });
    expect([answer.status, answer.body]).toEqual([409, { code: 'X' }]);
    expect(order.requests.at(-1)).toMatchObject({ method: 'PATCH', body: { status: 'OrderCancelled' } });
  });

  it('a body that is too large reaches no service', async () => {
    const order = services.get('order')!;
    const before = order.requests.length;
    const answer = await gateway.request('POST', '/orders', { product: 'x'.repeat(2_000_000) });
    expect(answer.status).toBe(413);
    expect(order.requests).toHaveLength(before);
  });

  it('says which service does not answer: broken off 502, too slow 504, not there 503', async () => {
    const payment = services.get('payment')!;
    payment.answers(() => {
      throw new Error('gone');
    });
    expect((await gateway.request<any>('GET', '/payments')).body).toMatchObject({
      status: 502,
      code: 'UPSTREAM_BROKE_OFF',
    });
    payment.answers(() => new Promise(() => {}));
    expect((await gateway.request<any>('GET', '/payments')).body).toMatchObject({
      status: 504,
      code: 'UPSTREAM_TIMEOUT',
    });
    await payment[Symbol.asyncDispose]();
    const gone = await gateway.request<any>('GET', '/payments');
    expect(gone.body).toMatchObject({ status: 503, code: 'UPSTREAM_UNREACHABLE' });
    expect(Number(gone.headers.get('retry-after'))).toBeGreaterThan(0);
    // the others are none the worse for it
    services.get('message')!.answers({ status: 200, body: {} });
    expect((await gateway.request('GET', '/messages')).status).toBe(200);
  });

  it('lets browsers from elsewhere in', async () => {
    const preflight = await gateway.request('OPTIONS', '/orders', undefined, {
      origin: 'http://example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    });
    expect(preflight.status).toBeLessThan(300);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
  });

  it('keeps to its routes, and its actuator to itself', async () => {
    expect((await gateway.request('GET', '/cups')).status).toBe(404);
    const health = await gateway.request<any>('GET', '/actuator/health');
    expect([health.status, health.body.status]).toEqual([200, 'UP']);
  });
});
