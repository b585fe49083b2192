import { expect, it } from 'vitest';
import { RouteTable } from '../../src/http/route-table.js';

const table = new RouteTable();
table.add('GET', '/', undefined);
table.add('GET', '/orders/{id}', undefined);
table.add('PATCH', '/orders/{id}', ['a/b']);
table.add('GET', '/orders/search', undefined);
table.add('GET', '/loggers/{name}', undefined);
table.add('GET', '/loggers/all', undefined);
table.add('POST', '/parked/{handler}/keys/{key}', undefined);

it.each([
  ['/', '/'],
  ['/orders/1', '/orders/{id}'],
  ['/orders/1/', '/orders/{id}'],
  ['/orders/search', '/orders/search'],
  ['/loggers/x', '/loggers/{name}'],
  ['/loggers/all', '/loggers/all'],
  ['/orders/abc', undefined],
  ['/orders/01', undefined],
  ['/orders', undefined],
  ['/orders/1/2', undefined],
  ['/orders//', undefined],
  ['/parked/a%2Fb/keys/x', '/parked/{handler}/keys/{key}'],
])('%s fits %s', (path, template) => {
  expect(table.find(path)?.template).toBe(template);
});

it('a path has the methods of all its routes, HEAD with GET, and always OPTIONS', () => {
  const known = table.find('/orders/7')!;
  expect([...known.methods].toSorted()).toEqual(['GET', 'HEAD', 'OPTIONS', 'PATCH']);
  expect([...known.consumes]).toEqual([['PATCH', ['a/b']]]);
});
