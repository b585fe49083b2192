// The shop written by hand on kafkajs and pg, as a careful team would: node twin.ts orders|kitchen. Outbox with a relay, inbox, idempotent
// producer, own offset commits. No schema of tables, no metrics, no replicas, no parking, no retries: what it lacks it does not pay for.
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import { z } from 'zod';
import { reporting } from './handled.ts';

const { DATABASE_URL, BROKER_URL, TOPIC } = process.env as Record<string, string>;
const kafka = new Kafka({
  clientId: 'twin',
  brokers: BROKER_URL!.slice('kafka://'.length).split(','),
  logLevel: logLevel.NOTHING,
});
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });

const url = await (process.argv[2] === 'kitchen' ? kitchen() : orders());
process.on('message', (message) => {
  if (message === 'stop') process.exit(0);
});
process.send!({ url });

async function orders(): Promise<string> {
  await pool.query(`CREATE TABLE orders (id bigserial PRIMARY KEY, version bigint NOT NULL DEFAULT 1, product text NOT NULL, qty bigint NOT NULL);
    CREATE TABLE outbox (position bigserial PRIMARY KEY, key text NOT NULL, headers text NOT NULL, value text NOT NULL)`);
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const body = z.object({
    product: z.string().min(1),
    qty: z.number().int().positive(),
    events: z.number().int().min(0).max(100).default(1),
  });
  let wake = () => {};
  const app = Fastify();
  app.post('/orders', async (request, reply) => {
    const { product, qty, events } = body.parse(request.body);
    const client = await pool.connect();
    let id: number;
    try {
      await client.query('BEGIN');
      const inserted = await client.query({
        name: 'order',
        text: 'INSERT INTO orders (product, qty) VALUES ($1, $2) RETURNING id',
        values: [product, qty],
      });
      id = Number(inserted.rows[0].id);
      for (let n = 0; n < events; n++) {
        const at = performance.timeOrigin + performance.now();
        const value = JSON.stringify({ eventType: 'OrderPlaced', orderId: id, n, product, qty, at });
        const headers = JSON.stringify({ ce_id: randomUUID(), ce_type: 'OrderPlaced' });
        await client.query({
          name: 'event',
          text: 'INSERT INTO outbox (key, headers, value) VALUES ($1, $2, $3)',
          values: [String(id), headers, value],
        });
      }
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
    wake();
    return reply.code(201).send({ id, product, qty });
  });
  void relay(producer, (awake) => (wake = awake));
  return app.listen({ host: 'localhost', port: 0 });
}

async function relay(
  producer: ReturnType<Kafka['producer']>,
  onWake: (wake: () => void) => void,
): Promise<void> {
  for (;;) {
    const woken = new Promise<void>((resolve) => {
      onWake(resolve);
      setTimeout(resolve, 250);
    });
    const { rows } = await pool.query({
      name: 'read',
      text: 'SELECT position, key, headers, value FROM outbox ORDER BY position LIMIT 500',
    });
    if (rows.length === 0) {
      await woken;
      continue;
    }
    const messages = rows.map(({ key, headers, value }) => ({ key, value, headers: JSON.parse(headers) }));
    await producer.send({ topic: TOPIC!, acks: -1, messages });
    await pool.query({
      name: 'remove',
      text: 'DELETE FROM outbox WHERE position = ANY($1::bigint[])',
      values: [rows.map(({ position }) => position)],
    });
  }
}

async function kitchen(): Promise<string> {
  await pool.query(`CREATE TABLE dishes (id bigserial PRIMARY KEY, version bigint NOT NULL DEFAULT 1, "orderId" bigint NOT NULL, product text NOT NULL, qty bigint NOT NULL, at double precision NOT NULL);
    CREATE TABLE inbox (handler text, event_id text, done_at timestamptz DEFAULT now(), PRIMARY KEY (handler, event_id))`);
  const handled = reporting();
  const consumer = kafka.consumer({ groupId: 'twin-kitchen', maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC!, fromBeginning: true });
  const next = new Map<number, string>();
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 6,
    async eachBatch(payload) {
      const { batch } = payload;
      for (const { headers, value, offset } of batch.messages) {
        const { orderId, product, qty, at } = JSON.parse(value!.toString());
        if (await cook(String(headers!['ce_id']), orderId, product, qty, at)) handled.one(at);
        payload.resolveOffset(offset);
        next.set(batch.partition, String(BigInt(offset) + 1n));
        await payload.heartbeat();
      }
    },
  });
  setInterval(() => {
    const offsets = [...next].map(([partition, offset]) => ({ topic: TOPIC!, partition, offset }));
    next.clear();
    if (offsets.length > 0) consumer.commitOffsets(offsets).catch(console.error);
  }, 200);
  return 'none';
}

async function cook(
  eventId: string,
  orderId: number,
  product: string,
  qty: number,
  at: number,
): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rowCount } = await client.query({
      name: 'mark',
      text: 'INSERT INTO inbox (handler, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      values: ['kitchen', eventId],
    });
    if (rowCount === 1)
      await client.query({
        name: 'dish',
        text: 'INSERT INTO dishes ("orderId", product, qty, at) VALUES ($1, $2, $3, $4)',
        values: [orderId, product, qty, at],
      });
    await client.query('COMMIT');
    return rowCount === 1;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
