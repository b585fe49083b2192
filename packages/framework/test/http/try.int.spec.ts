import { expect, it } from 'vitest';
import { openShop } from '/work/main/packages/framework/test/http/shop.js';
it('x', async () => {
  await using shop = await openShop();
  const r = await shop.app.inject({ method: 'POST', url: '/orders', headers: { accept: 'application/json, */*;q=0.5', host: 'localhost:8081' }, payload: { product: 'coffee', qty: '1', due: '2026-01-01', serial: '12' } });
  console.log(r.statusCode, r.headers, r.body);
  for (const url of ['/orders/1','/orders','/','/profile','/profile/orders','/orders/search','/orders/search/findByStatus?status=OrderPlaced&size=1','/nope','/orders/0','/v3/api-docs','/actuator', '/actuator/health','/orders?sort=nope', '/orders/%zz']) {
    const r = await shop.app.inject({ method: 'GET', url });
    console.log(url, r.statusCode, r.headers['content-type'], r.body);
  }
  const o = await shop.app.inject({ method: 'OPTIONS', url: '/orders/1' });
  console.log(o.statusCode, o.headers);
  console.log((await shop.app.inject({ method: 'PATCH', url: '/orders/1', headers: {accept:'*/*'}, payload: {status:'OrderCancelled'} })).body);
  console.log((await shop.app.inject({ method: 'PUT', url: '/orders/1/cancel', headers: {accept:'*/*'} })).body);
  console.log((await shop.app.inject({ method: 'PUT', url: '/orders/1/cancel', headers: {accept:'*/*'} })).body);
  console.log(shop.observed, shop.logged.at(-1));
});
