import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from './client.js';
import { type Shop, openShop } from './shop.js';

let shop: Shop;
let api: any;
beforeAll(async () => {
  shop = await openShop();
  api = (await send(shop.app, 'GET', '/v3/api-docs')).body;
});
afterAll(() => shop[Symbol.asyncDispose]());

it('is OpenAPI 3.1, with the URL that the client uses', () => {
  expect(api).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'shop', version: '1.2.3' },
    servers: [{ url: 'http://shop:8080' }],
  });
});

it('names every path and method that the service has', () => {
  const methods = Object.fromEntries(
    Object.entries<any>(api.paths).map(([path, item]) => [
      path,
      Object.keys(item)
        .filter((key) => key !== 'parameters')
        .toSorted(),
    ]),
  );
  expect(methods).toEqual({
    '/orders': ['get', 'post'],
    '/orders/{id}': ['delete', 'get', 'patch', 'put'],
    '/orders/{id}/cancel': ['put'],
    '/orders/{id}/more': ['post'],
    '/orders/search/findByStatus': ['get'],
    '/orders/search/findByProductAndQty': ['get'],
    '/orders/search/findByExpress': ['get'],
    '/orderTraces': ['get'],
    '/orderTraces/{id}': ['get'],
    '/orderTraces/search/findByStatus': ['get'],
  });
});

it('gives each operation a name of its own, and each path parameter its description', () => {
  const operations = Object.values<any>(api.paths).flatMap((item) =>
    Object.values<any>(item).filter((part) => part.operationId),
  );
  const names = operations.map((operation) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const [path, item] of Object.entries<any>(api.paths)) {
    const described = (item.parameters ?? [])
      .filter((parameter: any) => parameter.in === 'path')
      .map((parameter: any) => parameter.name);
    expect([path, described]).toEqual([path, path.includes('{id}') ? ['id'] : []]);
  }
});

it('refers to no schema that it does not have', () => {
  const refs = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/schemas\/([\w.-]+)"/g)].map(
    (match) => match[1]!,
  );
  expect(refs.length).toBeGreaterThan(10);
  expect(refs.filter((name) => !(name in api.components.schemas))).toEqual([]);
});

it('describes what goes in and what comes out, dates and bigints too', () => {
  const { OrderInput, OrderPatch, Order } = api.components.schemas;
  expect(OrderInput.required).toEqual(['product', 'qty']);
  expect(OrderPatch.required).toBeUndefined();
  expect(Order.required).toEqual(
    expect.arrayContaining(['id', 'product', 'qty', 'cost', 'status', 'takenBy', '_links']),
  );
  expect(Order.properties).toMatchObject({
    id: { type: 'integer', readOnly: true },
    due: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
    serial: { type: 'string' },
    takenBy: { type: 'string', readOnly: true },
    status: { enum: ['OrderPlaced', 'OrderCancelled'] },
  });
});

it('describes finders, commands, patches and problems', () => {
  expect(api.paths['/orders/search/findByProductAndQty'].get.parameters).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        name: 'qty',
        in: 'query',
        required: true,
        schema: expect.objectContaining({ type: 'integer' }),
      }),
      expect.objectContaining({ name: 'page' }),
    ]),
  );
  expect(api.paths['/orders/{id}/more'].post.requestBody.content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/OrderInput.more',
  });
  expect(api.components.schemas['OrderInput.more']).toMatchObject({
    properties: { by: { type: 'integer' } },
  });
  expect(Object.keys(api.paths['/orders/{id}'].patch.requestBody.content)).toEqual([
    'application/json',
    'application/merge-patch+json',
    'application/json-patch+json',
  ]);
  expect(api.paths['/orders'].post.responses['400'].content['application/problem+json'].schema.$ref).toMatch(
    /Problem$/,
  );
});
