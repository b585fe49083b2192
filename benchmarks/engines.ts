// Measures the framework on the embedded engine, the framework on Kafka and PostgreSQL, and a twin written by hand on kafkajs and pg, in
// turns in one run: npm run bench:engines [seconds of each load]. Needs Docker (see packages/framework/test/containers).
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { startKafka } from '../packages/framework/test/containers/kafka.ts';
import { postgresUrl, startPostgres } from '../packages/framework/test/containers/postgres.ts';

const seconds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'skanu-bench-'));
await using postgres = await startPostgres();
await using kafka = await startKafka({ KAFKA_OPTS: '-XX:TieredStopAtLevel=4' });
const brokers = [`localhost:${kafka.port}`];
const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
await admin.connect();
const children = new Set<ChildProcess>();
let names = 0;

type Kind = 'embedded' | 'servers' | 'twin';
const KINDS = ['embedded', 'servers', 'twin'] as const;

/** One shop: its two processes on databases and a topic of their own. */
interface Shop {
  readonly orders: string;
  /** Latencies of what was handled since the last call, in milliseconds. */
  handled(): Promise<number[]>;
  startKitchen(): Promise<void>;
  stop(): Promise<void>;
}

try {
  await posts();
  await latencies(100, 1);
  await latencies(1_000, 10);
  await throughput(20_000);
  await costOfPublishing();
} finally {
  for (const child of children) child.kill('SIGKILL');
  await admin.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

async function open(kind: Kind, options: { readonly kitchen: boolean }): Promise<Shop> {
  const name = `bench${++names}`;
  const servers = kind !== 'embedded';
  if (servers)
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: name, numPartitions: 6 }] });
  const environmentOf = async (service: string) => ({
    ...process.env,
    PORT: '0',
    LOG_LEVEL: 'warn',
    TOPIC: name,
    DATA_DIR: join(folder, name),
    ...(servers && {
      BROKER_URL: `kafka://${brokers[0]}`,
      DATABASE_URL: await database(`${name}_${service}`),
    }),
  });
  const script = resolve(import.meta.dirname, 'engines', kind === 'twin' ? 'twin.ts' : 'ours.ts');
  const start = async (service: 'orders' | 'kitchen') => {
    const child = fork(script, [service], {
      env: await environmentOf(service),
      // decorators are more than Node strips
      execArgv: ['--import', '@oxc-node/core/register'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    children.add(child);
    child.once('exit', () => {
      if (!children.has(child)) return;
      console.error(`${kind} ${service} has ended`);
      process.exit(1);
    });
    const { url } = await messageOf<{ url: string }>(child);
    return { child, url };
  };
  const orders = await start('orders');
  let kitchen = options.kitchen ? await start('kitchen') : undefined;
  return {
    orders: orders.url,
    startKitchen: async () => void (kitchen = await start('kitchen')),
    async handled() {
      kitchen!.child.send('report');
      return (await messageOf<{ latencies: number[] }>(kitchen!.child)).latencies;
    },
    async stop() {
      for (const { child } of [orders, ...(kitchen ? [kitchen] : [])]) {
        children.delete(child);
        child.send('stop');
        await once(child, 'exit');
      }
    },
  };
}

/** The next message of a process. Its end is the end of the benchmark, see `start`. */
async function messageOf<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}

async function database(name: string): Promise<string> {
  const client = new Client(postgresUrl(postgres.port));
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return postgresUrl(postgres.port, name);
}

/** `POST /orders` with one event, answers per second. */
async function posts(): Promise<void> {
  for (const connections of [1, 16, 64]) {
    const rates = {} as Record<Kind, number>;
    const lines: string[] = [];
    for (const kind of KINDS) {
      const shop = await open(kind, { kitchen: false });
      await load(shop.orders, { connections, seconds: 1 });
      const measured = await load(shop.orders, { connections, seconds });
      rates[kind] = measured.rate;
      lines.push(
        `${kind} ${measured.rate.toFixed(0)}/s p50 ${measured.p50.toFixed(1)} p99 ${measured.p99.toFixed(1)} ms failed ${measured.failed}`,
      );
      await shop.stop();
    }
    console.log(
      `POST /orders, ${connections} connections: ${lines.join(' | ')} | servers/twin ${(rates.servers / rates.twin).toFixed(2)}, servers/embedded ${(rates.servers / rates.embedded).toFixed(2)}`,
    );
  }
}

/** From the making of an event, before its commit, to the commit of its handling. */
async function latencies(perSecond: number, eventsEach: number): Promise<void> {
  for (const kind of KINDS) {
    const shop = await open(kind, { kitchen: true });
    await load(shop.orders, { connections: 4, seconds: 2, rate: perSecond / eventsEach, events: eventsEach });
    await quiet(shop);
    await load(shop.orders, {
      connections: 4,
      seconds: seconds * 2,
      rate: perSecond / eventsEach,
      events: eventsEach,
    });
    const all = await quiet(shop);
    console.log(`event to handled at ${perSecond}/s, ${kind}: ${quantiles(all)} (${all.length} events)`);
    await shop.stop();
  }
}

/** How fast a backlog is handled. */
async function throughput(events: number): Promise<void> {
  const rates = {} as Record<Kind, number>;
  for (const kind of KINDS) {
    const shop = await open(kind, { kitchen: false });
    for (let i = 0; i < events / 100; i++) await place(shop.orders, 100);
    // what is in the outbox still has to go out
    await sleep(2_000);
    await shop.startKitchen();
    const begin = performance.now();
    let count = 0;
    while (count < events) {
      await sleep(50);
      count += (await shop.handled()).length;
    }
    rates[kind] = events / ((performance.now() - begin) / 1_000);
    await shop.stop();
  }
  console.log(
    `consumer with inbox: embedded ${rates.embedded.toFixed(0)}/s | servers ${rates.servers.toFixed(0)}/s | twin ${rates.twin.toFixed(0)}/s | servers/twin ${(rates.servers / rates.twin).toFixed(2)}`,
  );
}

/** What `publishAfterCommit` adds to one request. */
async function costOfPublishing(): Promise<void> {
  for (const kind of KINDS) {
    const shop = await open(kind, { kitchen: false });
    const [without, withEvent]: number[][] = [[], []];
    await load(shop.orders, { connections: 1, seconds: 1 });
    // in turns, so that a slow moment meets both
    for (let i = 0; i < 200 * seconds; i++) {
      without!.push(await place(shop.orders, 0));
      withEvent!.push(await place(shop.orders, 1));
    }
    const added = median(withEvent!) - median(without!);
    console.log(
      `one POST at a time, ${kind}: p50 ${median(without!).toFixed(2)} ms without an event, ${median(withEvent!).toFixed(2)} ms with one: ${added.toFixed(2)} ms more`,
    );
    await shop.stop();
  }
}

/** One POST; how long it took, in milliseconds. */
async function place(url: string, events: number): Promise<number> {
  const begin = performance.now();
  const answer = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ product: 'coffee', qty: 1, events }),
  });
  await answer.arrayBuffer();
  if (answer.status !== 201) throw new Error(`POST /orders: ${answer.status}`);
  return performance.now() - begin;
}

interface Load {
  readonly connections: number;
  readonly seconds: number;
  readonly rate?: number;
  readonly events?: number;
}

async function load(url: string, { connections, seconds: duration, rate, events = 1 }: Load) {
  const { requests, latency, non2xx, errors } = await autocannon({
    url: `${url}/orders`,
    method: 'POST',
    connections,
    duration,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ product: 'coffee', qty: 1, events }),
    ...(rate !== undefined && { overallRate: rate }),
  });
  return { rate: requests.average, p50: latency.p50, p99: latency.p99, failed: non2xx + errors };
}

/** All that is handled until nothing more comes. */
async function quiet(shop: Shop): Promise<number[]> {
  const all: number[] = [];
  for (let still = 0; still < 10; await sleep(100)) {
    const more = await shop.handled();
    still = more.length === 0 ? still + 1 : 0;
    all.push(...more);
  }
  return all;
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => (sorted[Math.floor(sorted.length * q)] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} p99 ${at(0.99)} ms`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
