// What the cafe is measured against: a Fastify route that writes an order and its event to SQLite by hand, one
// transaction for each request, as durable as ours (WAL, synchronous=FULL). No validation, no payment, no relay.
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';

const [path, port] = process.argv.slice(2);
const db = new DatabaseSync(path!);
db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE orders (id INTEGER PRIMARY KEY, product TEXT, qty INTEGER, cost INTEGER, status TEXT);
  CREATE TABLE outbox (position INTEGER PRIMARY KEY, value TEXT);`);
const insertOrder = db.prepare('INSERT INTO orders (product, qty, cost, status) VALUES (?, ?, ?, ?)');
const insertEvent = db.prepare('INSERT INTO outbox (value) VALUES (?)');
const page = db.prepare('SELECT id, product, qty, cost, status FROM orders ORDER BY id LIMIT 20');
const count = db.prepare('SELECT count(*) AS total FROM orders');

interface Order {
  readonly product: string;
  readonly qty: number;
  readonly cost: number;
}

const app = Fastify();
app.post<{ Body: Order }>('/orders', (request, reply) => {
  const { product, qty, cost } = request.body;
  db.exec('BEGIN IMMEDIATE');
  const { lastInsertRowid: id } = insertOrder.run(product, qty, cost, 'OrderPlaced');
  insertEvent.run(JSON.stringify({ eventType: 'OrderPlaced', id, product, qty, cost }));
  db.exec('COMMIT');
  return reply.code(201).send({ id, product, qty, cost, status: 'OrderPlaced' });
});
app.get('/orders', () => ({ orders: page.all(), total: count.get()!['total'] }));
await app.listen({ host: 'localhost', port: Number(port) });
