import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import { RemoteRefusedError, RemoteUnreachableError } from '../../src/kernel/errors/remote-errors.js';
import { HTTPIE, send } from './client.js';
import { type Shop, during, openShop, putTrace } from './shop.js';

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop[Symbol.asyncDispose]());
afterEach(() => {
  during.persist = during.update = () => {};
});

const coffee = { product: 'coffee', qty: 1, cost: 1000, status: 'OrderPlaced' };

async function placed(
  extra: object = {},
): Promise<{ readonly id: number; readonly path: string; readonly body: any }> {
  const { body } = await send(shop.app, 'POST', '/orders', { ...coffee, ...extra });
  return { id: body.id, path: `/orders/${body.id}`, body };
}

/** What the work leaves behind. */
async function newlyWritten(work: () => Promise<unknown>): Promise<{ orders: number; events: number }> {
  const before = await shop.written();
  await work();
  const after = await shop.written();
  return { orders: after.orders - before.orders, events: after.events - before.events };
}

describe('POST of a new one', () => {
  it('gives 201 with Location, the version as ETag, and the item as HAL', async () => {
    const answer = await send(shop.app, 'POST', '/orders', coffee);
    const url = `http://shop:8080/orders/${answer.body.id}`;
    expect(answer).toMatchObject({
      status: 201,
      headers: { location: url, etag: '"1"', 'content-type': 'application/hal+json' },
      body: {
        ...coffee,
        id: expect.any(Number),
        takenBy: 'the house',
        _links: { self: { href: url }, order: { href: url } },
      },
    });
    expect(Object.keys(answer.body)).toEqual([
      'id',
      'product',
      'qty',
      'cost',
      'status',
      'due',
      'takenBy',
      '_links',
    ]);
  });

  it('has no body for a client that sends no Accept', async () => {
    const answer = await send(shop.app, 'POST', '/orders', coffee, { accept: undefined });
    expect(answer).toMatchObject({ status: 201, text: '', headers: { 'content-length': '0' } });
    expect(answer.headers['location']).toMatch(/^http:\/\/shop:8080\/orders\/\d+$/);
    expect(answer.headers['content-type']).toBeUndefined();
  });

  it('takes what HTTPie and forms send: text for numbers, booleans, instants and bigints', async () => {
    const { status, body } = await send(shop.app, 'POST', '/orders', {
      product: 'tea',
      qty: '2',
      cost: '2000',
      express: 'true',
      due: '2026-05-01',
      serial: '900719925474099312345',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      qty: 2,
      cost: 2000,
      express: true,
      due: '2026-05-01T00:00:00.000Z',
      serial: '900719925474099312345',
    });
  });

  it('fills in defaults, ignores unknown fields, an id, and fields that only the service sets', async () => {
    const { status, body } = await send(shop.app, 'POST', '/orders', {
      product: 'tea',
      qty: 1,
      id: 4711,
      takenBy: 'a thief',
      colour: 'red',
      _links: {},
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ cost: 0, status: 'OrderPlaced', due: null, takenBy: 'the house' });
    expect(body.id).not.toBe(4711);
    expect(body).not.toHaveProperty('colour');
  });

  it('takes a body of application/hal+json and with a charset too', async () => {
    for (const type of ['application/hal+json', 'application/json; charset=utf-8', 'Application/JSON']) {
      expect(await send(shop.app, 'POST', '/orders', coffee, { 'content-type': type })).toMatchObject({
        status: 201,
      });
    }
  });

  it('says of a missing field that it is missing, and not what it was to be', async () => {
    const { body } = await send(shop.app, 'POST', '/orders', { qty: 1 });
    expect(body.errors).toContainEqual({ pointer: '/product', detail: 'is missing' });
  });

  it.each([
    ['a word for a number', { ...coffee, qty: 'abc' }, ['/qty']],
    ['a number out of range', { ...coffee, qty: -1 }, ['/qty']],
    ['a fraction for a whole number', { ...coffee, qty: '1.5' }, ['/qty']],
    ['a missing field', { qty: 1 }, ['/product']],
    ['an empty text', { ...coffee, product: '' }, ['/product']],
    ['a value outside of a closed list', { ...coffee, status: 'Nonsense' }, ['/status']],
    ['null where there must be something', { ...coffee, qty: null }, ['/qty']],
    ['several faults at once', { status: 'x', qty: {} }, ['/product', '/qty', '/status']],
    ['an array', [coffee], ['']],
    ['a text', '"coffee"', ['']],
    ['null', 'null', ['']],
  ])('refuses %s with a 400 that names the field, and writes nothing', async (_, body, pointers) => {
    const written = await newlyWritten(async () => {
      const answer = await send(shop.app, 'POST', '/orders', body);
      expect(answer).toMatchObject({
        status: 400,
        headers: { 'content-type': 'application/problem+json' },
        body: { code: 'INVALID_INPUT', status: 400, instance: '/orders' },
      });
      expect(answer.body.errors.map((error: any) => error.pointer)).toEqual(pointers);
      expect(answer.body.errors.every((error: any) => error.detail.length > 5)).toBe(true);
    });
    expect(written).toEqual({ orders: 0, events: 0 });
  });

  it.each([
    ['broken JSON', '{"product": coffee}', 'MALFORMED_BODY', /syntax error/],
    ['a comma too many', '{"product": "coffee",}', 'MALFORMED_BODY', /line 1 column 22/],
    ['half a body', '{"product": "cof', 'MALFORMED_BODY', /JSON/],
    ['an empty body', '', 'MALFORMED_BODY', /empty/],
    [
      'nesting without end',
      `{"extras":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'MALFORMED_BODY',
      /nested deeper/,
    ],
    ['half of a surrogate pair', '{"product":"\\ud800","qty":1}', 'UNSTORABLE_VALUE', /orders\.product/],
  ])('refuses %s with a 400, and writes nothing', async (_, body, code, detail) => {
    const written = await newlyWritten(async () => {
      expect(
        await send(shop.app, 'POST', '/orders', body, { 'content-length': String(Buffer.byteLength(body)) }),
      ).toMatchObject({
        status: 400,
        body: { code, detail: expect.stringMatching(detail) },
      });
    });
    expect(written).toEqual({ orders: 0, events: 0 });
  });

  it('refuses bytes that are no UTF-8', async () => {
    const answer = await shop.app.inject({
      method: 'POST',
      url: '/orders',
      headers: HTTPIE,
      payload: Buffer.from([0x22, 0xff, 0x22]),
    });
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'MALFORMED_BODY',
      detail: expect.stringContaining('UTF-8'),
    });
  });

  it('refuses a body without a Content-Type, or with one that it does not know, with 415 and Accept-Post', async () => {
    for (const type of [undefined, 'text/plain', 'application/xml', 'application/json-patch+json']) {
      const answer = await send(shop.app, 'POST', '/orders', coffee, { 'content-type': type });
      expect(answer).toMatchObject({
        status: 415,
        headers: { 'accept-post': 'application/json, application/hal+json' },
        body: { code: 'UNSUPPORTED_MEDIA_TYPE' },
      });
    }
  });

  it('is not made when the client could not read the answer: 406', async () => {
    const written = await newlyWritten(async () => {
      expect(await send(shop.app, 'POST', '/orders', coffee, { accept: 'text/html' })).toMatchObject({
        status: 406,
      });
    });
    expect(written).toEqual({ orders: 0, events: 0 });
  });

  it('stays without trace when a hook fails, and the answer says why', async () => {
    const written = await newlyWritten(async () => {
      during.persist = () => {
        throw new RemoteUnreachableError('payment.approve', 'http://shop:secret@payment:8082/payments');
      };
      const answer = await send(shop.app, 'POST', '/orders', coffee);
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { code: 'REMOTE_UNREACHABLE' },
      });
      expect(answer.text).not.toContain('secret');
      during.persist = () => {
        throw new RemoteRefusedError('payment.approve', 409, {
          status: 409,
          detail: 'no money',
          code: 'NO_MONEY',
        });
      };
      expect(await send(shop.app, 'POST', '/orders', coffee)).toMatchObject({
        status: 409,
        body: { code: 'REMOTE_REFUSED', remote: { status: 409, detail: 'no money', code: 'NO_MONEY' } },
      });
    });
    expect(written).toEqual({ orders: 0, events: 0 });
  });

  it('refuses a second one with the same unique value with 409', async () => {
    await placed({ serial: '77' });
    expect(await send(shop.app, 'POST', '/orders', { ...coffee, serial: '77' })).toMatchObject({
      status: 409,
      body: { code: 'UNIQUE_VIOLATION' },
    });
  });
});

describe('PUT', () => {
  it('replaces: what is left out is gone or at its default; what only the service sets stays', async () => {
    const { path, id } = await placed({ express: true, cost: 5, due: '2026-01-01' });
    const answer = await send(shop.app, 'PUT', path, { product: 'tea', qty: '3', takenBy: 'a thief' });
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"2"', 'content-type': 'application/hal+json' },
    });
    const { _links, ...fields } = answer.body;
    expect(fields).toEqual({
      id,
      product: 'tea',
      qty: 3,
      cost: 0,
      status: 'OrderPlaced',
      due: null,
      takenBy: 'the house',
    });
    expect((await send(shop.app, 'GET', path)).body).toEqual(answer.body);
  });

  it('gives 204 without a body to a client that sends no Accept', async () => {
    const { path } = await placed();
    expect(
      await send(shop.app, 'PUT', path, { product: 'tea', qty: 3 }, { accept: undefined }),
    ).toMatchObject({ status: 204, text: '' });
    expect((await send(shop.app, 'GET', path)).body.product).toBe('tea');
  });

  it('of the same values writes and publishes nothing, and the version stays', async () => {
    const { path, body } = await placed();
    const written = await newlyWritten(async () => {
      expect(await send(shop.app, 'PUT', path, body)).toMatchObject({
        status: 200,
        headers: { etag: '"1"' },
        body,
      });
    });
    expect(written).toEqual({ orders: 0, events: 0 });
  });

  it('of one that does not exist gives 404 and makes none', async () => {
    const written = await newlyWritten(async () => {
      expect(await send(shop.app, 'PUT', '/orders/99999', coffee)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
    });
    expect(written).toEqual({ orders: 0, events: 0 });
  });

  it('that does not fit changes nothing', async () => {
    const { path, body } = await placed();
    expect(await send(shop.app, 'PUT', path, { qty: 'abc' })).toMatchObject({ status: 400 });
    expect((await send(shop.app, 'GET', path)).body).toEqual(body);
  });
});

describe('DELETE', () => {
  it('gives 204, and then there is none any more', async () => {
    const { path } = await placed();
    expect(await send(shop.app, 'DELETE', path)).toMatchObject({ status: 204, text: '' });
    for (const method of ['GET', 'DELETE']) {
      expect(await send(shop.app, method, path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  it('takes a body and ignores it, whatever it is', async () => {
    const { path } = await placed();
    expect(await send(shop.app, 'DELETE', path, 'not json', { 'content-type': 'text/plain' })).toMatchObject({
      status: 204,
    });
  });
});

describe('a command', () => {
  it('runs the behaviour and answers with the aggregate, or with 204 without Accept', async () => {
    const { path } = await placed();
    expect(await send(shop.app, 'PUT', `${path}/cancel`)).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { status: 'OrderCancelled' },
    });
    const { path: other } = await placed();
    expect(await send(shop.app, 'PUT', `${other}/cancel`, undefined, { accept: undefined })).toMatchObject({
      status: 204,
      text: '',
    });
  });

  it('without a body schema ignores a body, whatever it is', async () => {
    const { path } = await placed();
    const answer = await send(shop.app, 'PUT', `${path}/cancel`, 'no json', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'OrderCancelled' } });
  });

  it('gets its body checked and coerced by its schema', async () => {
    const { path } = await placed();
    expect(await send(shop.app, 'POST', `${path}/more`, { by: '4' })).toMatchObject({
      status: 200,
      body: { qty: 5 },
    });
    for (const body of [{ by: 'x' }, {}, '[]']) {
      expect(await send(shop.app, 'POST', `${path}/more`, body)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_INPUT' },
      });
    }
    expect(await send(shop.app, 'POST', `${path}/more`)).toMatchObject({ status: 400 });
    expect(
      await send(shop.app, 'POST', `${path}/more`, 'by=1', {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ).toMatchObject({ status: 415 });
    expect((await send(shop.app, 'GET', path)).body.qty).toBe(5);
  });

  it('that breaks a rule gives 409 and changes nothing', async () => {
    const { path } = await placed();
    await send(shop.app, 'PUT', `${path}/cancel`);
    const written = await newlyWritten(async () => {
      expect(await send(shop.app, 'PUT', `${path}/cancel`)).toMatchObject({
        status: 409,
        body: { code: 'DOMAIN_RULE', detail: expect.stringContaining('cancelled already') },
      });
    });
    expect(written.events).toBe(0);
  });

  it('on one that does not exist gives 404; with another method 405', async () => {
    expect(await send(shop.app, 'PUT', '/orders/99999/cancel')).toMatchObject({ status: 404 });
    expect(await send(shop.app, 'POST', '/orders/99999/cancel')).toMatchObject({
      status: 405,
      headers: { allow: 'OPTIONS, PUT' },
    });
  });

  it('that leaves a state behind that its schema refuses gives 409', async () => {
    const { path } = await placed();
    during.update = () => {
      throw new DomainError('not today');
    };
    expect(await send(shop.app, 'POST', `${path}/more`, { by: 1 })).toMatchObject({
      status: 409,
      body: { detail: 'not today' },
    });
    expect((await send(shop.app, 'GET', path)).body.qty).toBe(1);
  });
});

describe('a view', () => {
  it('can be read but not written', async () => {
    await putTrace(shop, 1, 'DeliveryStarted');
    expect(await send(shop.app, 'GET', '/orderTraces/1')).toMatchObject({
      status: 200,
      body: {
        id: 1,
        status: 'DeliveryStarted',
        _links: { orderTrace: { href: 'http://shop:8080/orderTraces/1' } },
      },
    });
    expect(await send(shop.app, 'POST', '/orderTraces', {})).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    });
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect(await send(shop.app, method, '/orderTraces/1', {})).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD, OPTIONS' },
      });
    }
  });
});
