import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from './client.js';
import { type Shop, openShop } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
  for (const [product, qty] of [
    ['tea', 3],
    ['coffee', 1],
    ['tea', 1],
    ['coffee', 2],
    ['water', 5],
  ]) {
    await send(shop.app, 'POST', '/orders', { product, qty, express: qty === 1 });
  }
  await send(shop.app, 'PATCH', '/orders/5', { status: 'OrderCancelled' });
});
afterAll(() => shop[Symbol.asyncDispose]());

const get = (url: string, headers: Record<string, string | undefined> = {}) =>
  send(shop.app, 'GET', url, undefined, headers);
const hrefs = (links: any) =>
  Object.fromEntries(Object.entries<any>(links).map(([rel, { href }]) => [rel, href]));
const ids = (answer: { body: any }) => answer.body._embedded.orders.map((order: any) => order.id);

describe('a collection', () => {
  it('answers as HAL with its items, its links and its page', async () => {
    const answer = await get('/orders');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/hal+json' } });
    expect(ids(answer)).toEqual([1, 2, 3, 4, 5]);
    expect(answer.body._embedded.orders[0]).toMatchObject({
      id: 1,
      product: 'tea',
      _links: { order: { href: 'http://shop:8080/orders/1' } },
    });
    expect(answer.body._links).toEqual({
      self: { href: 'http://shop:8080/orders{?page,size,sort}', templated: true },
      profile: { href: 'http://shop:8080/profile/orders' },
      search: { href: 'http://shop:8080/orders/search' },
    });
    expect(answer.body.page).toEqual({ size: 20, totalElements: 5, totalPages: 1, number: 0 });
  });

  it('links first, prev, next and last once there is more than one page', async () => {
    const url = (page: number) => `http://shop:8080/orders?page=${page}&size=2&sort=qty,desc`;
    const middle = await get('/orders?page=1&size=2&sort=qty,desc');
    expect(ids(middle)).toEqual([4, 2]);
    expect(middle.body.page).toEqual({ size: 2, totalElements: 5, totalPages: 3, number: 1 });
    expect(hrefs(middle.body._links)).toMatchObject({
      first: url(0),
      prev: url(0),
      self: url(1),
      next: url(2),
      last: url(2),
    });
    const first = hrefs((await get('/orders?size=2')).body._links);
    expect(first).toMatchObject({
      self: 'http://shop:8080/orders?size=2{&page,sort}',
      next: 'http://shop:8080/orders?page=1&size=2',
    });
    expect(first).not.toHaveProperty('prev');
    const last = hrefs((await get('/orders?size=2&page=2')).body._links);
    expect(last).toMatchObject({ prev: 'http://shop:8080/orders?page=1&size=2' });
    expect(last).not.toHaveProperty('next');
  });

  it('shows an empty page behind the last one, whose prev is the last', async () => {
    const answer = await get('/orders?size=2&page=9');
    expect(ids(answer)).toEqual([]);
    expect(answer.body.page).toEqual({ size: 2, totalElements: 5, totalPages: 3, number: 9 });
    expect(hrefs(answer.body._links)).toMatchObject({ prev: 'http://shop:8080/orders?page=2&size=2' });
  });

  it('keeps its list when it is empty', async () => {
    const { body } = await get('/orderTraces');
    expect(body).toMatchObject({
      _embedded: { orderTraces: [] },
      page: { totalElements: 0, totalPages: 0, number: 0 },
    });
    expect(Object.keys(body._links)).toEqual(['self', 'profile', 'search']);
  });

  it.each([
    ['page=abc&size=xyz', 0, 20],
    ['page=-1&size=-5', 0, 20],
    ['page=&size=', 0, 20],
    ['size=0', 0, 20],
    ['page=1.5&size=1e2', 0, 20],
    ['size=5000', 0, 1000],
    ['size=99999999999999999999', 0, 20],
    ['page=3&page=4&size=2&size=3', 3, 2],
  ])('reads ?%s as page %i of size %i', async (query, number, size) => {
    expect((await get(`/orders?${query}`)).body.page).toMatchObject({ number, size });
  });

  it('does not choke on the highest page', async () => {
    expect(await get('/orders?page=9999999999999999&size=1000')).toMatchObject({
      status: 200,
      body: { _embedded: { orders: [] } },
    });
  });

  it.each([
    ['sort=product,asc&sort=qty,desc', [4, 2, 1, 3, 5]],
    ['sort=product,desc&sort=qty', [5, 3, 1, 2, 4]],
    ['sort=product,qty,DESC', [5, 1, 3, 4, 2]],
    ['sort=id,desc', [5, 4, 3, 2, 1]],
    ['sort=product', [2, 4, 1, 3, 5]],
    ['sort=', [1, 2, 3, 4, 5]],
  ])('sorts by ?%s', async (query, expected) => {
    expect(ids(await get(`/orders?${query}`))).toEqual(expected);
  });

  it('refuses an unknown sort field, and one that has no order, with a 400 that names them', async () => {
    for (const field of ['colour', 'extras', '__proto__', 'qty;drop table orders']) {
      expect(await get(`/orders?sort=${encodeURIComponent(field)}`)).toMatchObject({
        status: 400,
        body: {
          code: 'INVALID_INPUT',
          errors: [{ pointer: '/sort', detail: expect.stringContaining(field) }],
        },
      });
    }
  });
});

describe('a search', () => {
  it('is listed with templated links', async () => {
    const { body } = await get('/orders/search');
    expect(body._links).toMatchObject({
      findByStatus: {
        href: 'http://shop:8080/orders/search/findByStatus{?status,page,size,sort}',
        templated: true,
      },
      findByProductAndQty: {
        href: 'http://shop:8080/orders/search/findByProductAndQty{?product,qty,page,size,sort}',
        templated: true,
      },
      self: { href: 'http://shop:8080/orders/search' },
    });
  });

  it('answers like a collection, with paging and sorting, and links that keep its arguments', async () => {
    const answer = await get('/orders/search/findByStatus?status=OrderPlaced&size=3&sort=qty');
    expect(ids(answer)).toEqual([2, 3, 4]);
    expect(answer.body.page).toEqual({ size: 3, totalElements: 4, totalPages: 2, number: 0 });
    const url = 'http://shop:8080/orders/search/findByStatus?status=OrderPlaced';
    expect(hrefs(answer.body._links)).toMatchObject({
      next: `${url}&page=1&size=3&sort=qty,asc`,
      self: `${url}&size=3&sort=qty,asc{&page}`,
    });
  });

  it('coerces its arguments, several of them and of any kind', async () => {
    expect(ids(await get('/orders/search/findByProductAndQty?product=tea&qty=1'))).toEqual([3]);
    expect(ids(await get('/orders/search/findByExpress?express=true'))).toEqual([2, 3]);
    expect(ids(await get('/orders/search/findByProductAndQty?product=nothing&qty=1'))).toEqual([]);
  });

  it.each([
    ['a missing argument', 'findByProductAndQty?product=tea', '/qty'],
    ['an argument of the wrong type', 'findByProductAndQty?product=tea&qty=abc', '/qty'],
    ['one outside of a closed list', 'findByStatus?status=Nonsense', '/status'],
    ['one that comes twice', 'findByStatus?status=OrderPlaced&status=OrderCancelled', '/status'],
  ])('refuses %s with a 400 that names it', async (_, query, pointer) => {
    expect(await get(`/orders/search/${query}`)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer, detail: expect.any(String) }] },
    });
  });

  it('of an unknown name is 404, of another method 405', async () => {
    expect(await get('/orders/search/findByMood?x=1')).toMatchObject({ status: 404 });
    expect(await send(shop.app, 'PUT', '/orders/search', {})).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    });
    expect(await send(shop.app, 'POST', '/orders/search/findByStatus', {})).toMatchObject({ status: 405 });
  });
});

describe('paths and methods', () => {
  it.each([
    '/nothing',
    '/orders/1/nothing',
    '/orders/abc',
    '/orders/0',
    '/orders/-1',
    '/orders/1.5',
    '/orders/007',
    '/orders/9007199254740993',
    '/orders/99999',
    '/v3',
    '/orders%2F1',
  ])('%s is 404 as a problem', async (path) => {
    expect(await get(path)).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        status: 404,
        instance: path,
        code: expect.stringMatching(/^(NO_SUCH_PATH|NOT_FOUND)$/),
        traceId: expect.any(String),
      },
    });
  });

  it('a path that is wrongly encoded is 400, one that is too long 414', async () => {
    expect(await get('/orders/%zz')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(await get(`/actuator/loggers/${'x'.repeat(5000)}`)).toMatchObject({ status: 404 });
    expect(await get(`/orders/${'x'.repeat(5000)}`)).toMatchObject({
      status: 414,
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('a wrong method is 405 with Allow', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/orders', 'GET, HEAD, OPTIONS, POST'],
      ['POST', '/orders/1', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
      ['PROPFIND', '/orders', 'GET, HEAD, OPTIONS, POST'],
      ['POST', '/', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/actuator/health', 'GET, HEAD, OPTIONS'],
    ] as const) {
      expect(await send(shop.app, method, path)).toMatchObject({
        status: 405,
        headers: { allow },
        body: { code: 'METHOD_NOT_ALLOWED' },
      });
    }
  });

  it('OPTIONS tells the methods, and what bodies they take', async () => {
    expect(await send(shop.app, 'OPTIONS', '/orders')).toMatchObject({
      status: 200,
      text: '',
      headers: { allow: 'GET, HEAD, OPTIONS, POST', 'accept-post': 'application/json, application/hal+json' },
    });
    expect(await send(shop.app, 'OPTIONS', '/orders/1')).toMatchObject({
      status: 200,
      headers: {
        allow: 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT',
        'accept-patch': expect.stringContaining('json-patch+json'),
      },
    });
    expect(await send(shop.app, 'OPTIONS', '/nothing')).toMatchObject({ status: 404 });
  });

  it('HEAD is GET without its body', async () => {
    for (const path of ['/orders', '/orders/1', '/', '/profile/orders', '/actuator/health']) {
      const [head, whole] = [await send(shop.app, 'HEAD', path), await get(path)];
      expect(head).toMatchObject({
        status: 200,
        text: '',
        headers: {
          'content-type': whole.headers['content-type'],
          'content-length': whole.headers['content-length'],
        },
      });
      expect(head.headers['etag']).toEqual(whole.headers['etag']);
    }
    expect(await send(shop.app, 'HEAD', '/orders/99999')).toMatchObject({ status: 404, text: '' });
  });

  it('a slash at the end makes no difference', async () => {
    expect(await get('/orders/?size=1')).toMatchObject({ status: 200, body: { page: { size: 1 } } });
    expect(await send(shop.app, 'DELETE', '/orders/')).toMatchObject({ status: 405 });
  });
});

describe('media types', () => {
  it.each([
    [undefined, 'application/hal+json'],
    ['*/*', 'application/hal+json'],
    ['application/*', 'application/hal+json'],
    ['application/json, */*;q=0.5', 'application/hal+json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/hal+json'],
    ['application/json', 'application/json'],
    ['application/json, application/problem+json', 'application/json'],
    ['APPLICATION/HAL+JSON; q=0.1', 'application/hal+json'],
    ['application/hal+json;q=0, */*', 'application/json'],
  ])('Accept: %s gets %s', async (accept, type) => {
    expect(await get('/orders/1', { accept })).toMatchObject({
      status: 200,
      headers: { 'content-type': type },
    });
  });

  it.each(['text/html', 'image/*', 'application/xml', '*/*;q=0'])('Accept: %s gets 406', async (accept) => {
    for (const path of ['/orders', '/orders/1', '/orders/search', '/', '/profile']) {
      expect(await get(path, { accept })).toMatchObject({ status: 406, body: { code: 'NOT_ACCEPTABLE' } });
    }
  });
});

describe('links', () => {
  const self = async (headers: Record<string, string | undefined>) =>
    (await get('/orders/1', headers)).body._links.self.href;

  it('follow Host, and what a gateway says with X-Forwarded-*', async () => {
    expect(await self({ host: 'order.example:8081' })).toBe('http://order.example:8081/orders/1');
    expect(await self({ host: '[::1]:8081' })).toBe('http://[::1]:8081/orders/1');
    expect(await self({ 'x-forwarded-host': 'cafe.example' })).toBe('http://cafe.example/orders/1');
    expect(
      await self({
        'x-forwarded-host': 'localhost:8088',
        'x-forwarded-port': '8088',
        'x-forwarded-proto': 'http',
      }),
    ).toBe('http://localhost:8088/orders/1');
    expect(
      await self({
        'x-forwarded-host': 'cafe.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '443',
      }),
    ).toBe('https://cafe.example/orders/1');
    expect(
      await self({
        'x-forwarded-host': 'cafe.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '8443',
      }),
    ).toBe('https://cafe.example:8443/orders/1');
    expect(await self({ 'x-forwarded-prefix': '/shop/', 'x-forwarded-host': 'a.example, b.example' })).toBe(
      'http://a.example/shop/orders/1',
    );
  });

  it('of a collection, a search, the root and a new item do too', async () => {
    const headers = { 'x-forwarded-host': 'cafe.example', 'x-forwarded-proto': 'https' };
    for (const path of [
      '/orders',
      '/orders/search',
      '/',
      '/profile',
      '/actuator',
      '/orders/search/findByStatus?status=OrderPlaced',
    ]) {
      const { text } = await get(path, headers);
      expect(text).toContain('https://cafe.example/');
      expect(text).not.toContain('shop:8080');
    }
  });

  it('take nothing that is no host', async () => {
    expect(
      await self({
        'x-forwarded-host': 'evil.example/"><script>',
        'x-forwarded-proto': 'javascript',
        'x-forwarded-port': 'x',
        'x-forwarded-prefix': 'no"slash',
      }),
    ).toBe('http://shop:8080/orders/1');
    expect(await get('/orders/1', { host: 'evil"host' })).toMatchObject({ status: 400 });
  });
});

describe('the description of the service', () => {
  it('begins at / with all collections and the profile', async () => {
    expect((await get('/')).body).toEqual({
      _links: {
        orders: { href: 'http://shop:8080/orders{?page,size,sort}', templated: true },
        orderTraces: { href: 'http://shop:8080/orderTraces{?page,size,sort}', templated: true },
        profile: { href: 'http://shop:8080/profile' },
      },
    });
  });

  it('has a profile of each collection as ALPS or as JSON Schema', async () => {
    expect((await get('/profile')).body._links).toMatchObject({
      self: { href: 'http://shop:8080/profile' },
      orders: { href: 'http://shop:8080/profile/orders' },
    });
    const alps = await get('/profile/orders', { accept: '*/*' });
    expect(alps.headers['content-type']).toBe('application/alps+json');
    const names = alps.body.alps.descriptor.map((descriptor: any) => descriptor.id ?? descriptor.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'order-representation',
        'get-orders',
        'create-orders',
        'patch-order',
        'cancel-order',
        'findByStatus',
      ]),
    );
    const view = (await get('/profile/orderTraces')).body.alps.descriptor.map(
      (descriptor: any) => descriptor.type,
    );
    expect(view).not.toContain('UNSAFE');
    const schema = await get('/profile/orders', { accept: 'application/schema+json' });
    expect(schema.headers['content-type']).toBe('application/schema+json');
    expect(schema.body).toMatchObject({
      title: 'Order',
      type: 'object',
      properties: {
        qty: { type: 'integer', exclusiveMinimum: 0 },
        status: { enum: ['OrderPlaced', 'OrderCancelled'], default: 'OrderPlaced' },
        takenBy: { readOnly: true },
      },
    });
    expect(await get('/profile/orders', { accept: 'text/html' })).toMatchObject({ status: 406 });
  });
});
