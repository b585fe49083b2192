import Fastify from 'fastify';
import { openShop } from './shop.ts';
const shop = await openShop();
shop.observed.push = () => 0; shop.logged.push = () => 0;
const bare = Fastify();
let id = 1_000_000;
bare.post('/orders', async (request, reply) => {
  const b = request.body as any;
  const n = ++id;
  const values = { product: b.product, qty: b.qty, cost: b.cost, status: b.status, due: null, takenBy: 'x', express: null, serial: null, extras: null };
  await shop.store.commit({ id: String(n), changes: [{ kind: 'insert', table: shop.orders.table, id: n, values }], events: [{eventId: String(n), topic: 't', key: String(n), headers: {a:'b'}, value: JSON.stringify({id:n, eventType:'x'})}] });
  reply.code(201).header('location', '/orders/' + n);
  return { id: n, ...b };
});
bare.get('/orders/:id', async (request) => {
  const row = await shop.store.get(shop.orders.table, Number((request.params as any).id));
  return { id: row!.id, ...row!.values };
});
console.log(JSON.stringify({ ours: await shop.listen(), bare: await bare.listen({ port: 0 }) }));
setTimeout(() => process.exit(0), 14000);
