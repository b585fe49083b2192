import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { send } from './client.js';
import { type Shop, during, openShop } from './shop.js';

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop[Symbol.asyncDispose]());
beforeEach(() => {
  shop.logged.length = shop.observed.length = 0;
  during.persist = () => {};
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;

describe('the origin of a request', () => {
  it('keeps the correlation id of the client, and makes one where there is none that can be used', async () => {
    for (const good of ['order-4711', 'a'.repeat(128), '0af7:65/x=@+~.']) {
      const { headers } = await send(shop.app, 'GET', '/orders', undefined, { 'x-correlation-id': good });
      expect(headers['x-correlation-id']).toBe(good);
    }
    for (const bad of [undefined, '', 'a b', 'a'.repeat(129), 'naïve', '{}']) {
      const { headers } = await send(shop.app, 'GET', '/orders', undefined, { 'x-correlation-id': bad });
      expect(headers['x-correlation-id']).toMatch(/^[\da-f]{32}$/);
    }
  });

  it('travels on with the events of the request', async () => {
    await send(
      shop.app,
      'POST',
      '/orders',
      { product: 'coffee', qty: 1 },
      { traceparent, 'x-correlation-id': 'mine' },
    );
    const [event] = await shop.store.outbox.read({ entries: 1, bytes: 1_000_000 });
    expect(event!.headers).toMatchObject({
      ce_correlationid: 'mine',
      traceparent: expect.stringContaining(TRACE),
    });
  });

  it('is in problems and in the log', async () => {
    const { body } = await send(shop.app, 'GET', '/nothing', undefined, {
      traceparent,
      'x-correlation-id': 'mine',
    });
    expect(body.traceId).toBe(TRACE);
    expect(shop.logged).toContainEqual({
      level: 'debug',
      message: 'answered',
      fields: {
        traceId: TRACE,
        correlationId: 'mine',
        method: 'GET',
        route: 'UNKNOWN',
        status: 404,
        ms: expect.any(Number),
      },
    });
  });
});

describe('what is seen of requests', () => {
  it('is one observation for each, by the template of its path and never by the path', async () => {
    await send(shop.app, 'POST', '/orders', { product: 'coffee', qty: 1 });
    await send(shop.app, 'GET', '/orders/1?secret=1');
    await send(shop.app, 'GET', '/orders/2222');
    await send(shop.app, 'DELETE', '/orders');
    await send(shop.app, 'GET', '/nothing/at/all');
    await send(shop.app, 'GET', '/orders/%zz');
    expect(shop.observed.map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
      'POST /orders 201',
      'GET /orders/{id} 200',
      'GET /orders/{id} 404',
      'DELETE /orders 405',
      'GET UNKNOWN 404',
      'GET UNKNOWN 400',
    ]);
    expect(shop.observed[0]!.seconds).toBeGreaterThan(0);
    expect(shop.observed[0]!.seconds).toBeLessThan(5);
  });

  it('holds no payload: neither in the log nor in an unexpected error', async () => {
    during.persist = () => {
      throw new TypeError('cannot read properties of the secret');
    };
    const answer = await send(shop.app, 'POST', '/orders', { product: 'a very private drink', qty: 1 });
    expect(answer).toMatchObject({
      status: 500,
      body: { code: 'INTERNAL', title: 'Internal', traceId: expect.any(String) },
    });
    expect(answer.text).not.toMatch(/secret|TypeError|at .*\.ts|stack/);
    const error = shop.logged.find(({ level }) => level === 'error')!;
    expect(error.fields).toMatchObject({ traceId: answer.body.traceId, err: expect.any(TypeError) });
    expect(JSON.stringify(shop.logged)).not.toContain('private drink');
  });

  it('of a failing database is a 503 for the client and a warning with its cause in the log', async () => {
    during.persist = () => {
      throw new StoreUnavailableError('shop.db', new Error('disk gone'));
    };
    expect(await send(shop.app, 'POST', '/orders', { product: 'coffee', qty: 1 })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'STORE_UNAVAILABLE' },
    });
    expect(shop.logged.find(({ level }) => level === 'warn')!.fields.err.cause.message).toBe('disk gone');
  });
});
