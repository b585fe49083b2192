// Measures the cafe as six processes, in one run beside the bare route: npm run bench [seconds of each load]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { ALL, Cafe } from '../test/cafe/cafe.ts';
import { freePorts } from '../packages/framework/test/containers/free-ports.ts';

const seconds = Number(process.argv[2] ?? 5);
const order = JSON.stringify({ product: 'coffee', qty: 1, cost: 1000 });
const headers = { 'content-type': 'application/json', accept: 'application/json' };

const coldOne = await coldStart(['payment']);
const coldAll = await coldStart(ALL);
await using cafe = await Cafe.open();
const [port] = await freePorts(1);
const bare = spawn(process.execPath, [
  resolve(import.meta.dirname, 'bare-route.ts'),
  join(cafe.folder, 'bare.db'),
  String(port),
]);
await listening(`http://localhost:${port}/orders`);

try {
  console.log(`cold start to ready: one service ${coldOne} ms, all six ${coldAll} ms`);
  for (const connections of [1, 16, 64]) {
    for (const [what, method] of [
      ['POST /orders', 'POST'],
      ['GET /orders', 'GET'],
    ] as const) {
      // the two in turns, twice, so that a slow moment of the machine meets both
      const ours = [];
      const theirs = [];
      for (let round = 0; round < 2; round++) {
        theirs.push(await load(`http://localhost:${port}/orders`, method, connections));
        ours.push(await load(`${cafe.url('order')}/orders`, method, connections));
      }
      report(`${what}, ${connections} connections`, ours, theirs);
    }
  }
  await drained();
  console.log(await traceLatency(100, seconds * 2));
  for (const name of ALL) console.log(`memory of ${name}: ${memoryOf(cafe.pid(name))} MiB`);
} finally {
  bare.kill('SIGKILL');
}

interface Measured {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

async function load(url: string, method: 'POST' | 'GET', connections: number): Promise<Measured> {
  const { requests, latency, non2xx, errors } = await autocannon({
    url,
    method,
    connections,
    duration: seconds,
    headers,
    ...(method === 'POST' && { body: order }),
  });
  return { rate: requests.average, p50: latency.p50, p99: latency.p99, failed: non2xx + errors };
}

function report(what: string, ours: readonly Measured[], theirs: readonly Measured[]): void {
  const mean = (all: readonly Measured[], of: (one: Measured) => number) =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  const line = (all: readonly Measured[]) =>
    `${mean(all, ({ rate }) => rate).toFixed(0)}/s p50 ${mean(all, ({ p50 }) => p50).toFixed(1)} ms p99 ${mean(all, ({ p99 }) => p99).toFixed(1)} ms failed ${mean(all, ({ failed }) => failed)}`;
  const ratio = mean(ours, ({ rate }) => rate) / mean(theirs, ({ rate }) => rate);
  console.log(`${what}: cafe ${line(ours)} | bare ${line(theirs)} | ratio ${ratio.toFixed(2)}`);
}

async function coldStart(names: typeof ALL): Promise<number> {
  await using fresh = await Cafe.prepare();
  const begin = performance.now();
  await fresh.start(...names);
  return Math.round(performance.now() - begin);
}

async function listening(url: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++, await sleep(10)) {
    try {
      await fetch(url);
      return;
    } catch {
      // not yet
    }
  }
  throw new Error(`nothing listens on ${url}`);
}

/** Waits until what the loads have set going is through. */
async function drained(): Promise<void> {
  const begin = performance.now();
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(100)) {
    const lags = await Promise.all(
      ['trace', 'message', 'delivery'].map((name) => lagOf(cafe.url(name as 'trace'))),
    );
    if (lags.every((lag) => lag === 0)) break;
  }
  console.log(
    `the backlog of the loads was through after ${((performance.now() - begin) / 1000).toFixed(1)} s`,
  );
}

async function lagOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/actuator/prometheus`)).text();
  const values = [...text.matchAll(/^(?:consumer_lag|outbox_pending)\{[^}]*\} (\d+)$/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** From the answer of POST /orders to the trace row that says DeliveryStarted, at a steady rate. */
async function traceLatency(perSecond: number, forSeconds: number): Promise<string> {
  const first: number[] = [];
  const last: number[] = [];
  const all: Promise<void>[] = [];
  const begin = performance.now();
  for (let i = 0; i < perSecond * forSeconds; i++) {
    await sleep(Math.max(0, begin + (i * 1000) / perSecond - performance.now()));
    all.push(one());
  }
  await Promise.all(all);
  const at = (values: number[], q: number) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * q)]!.toFixed(1);
  return `answer of POST /orders to its trace row at ${perSecond}/s: row p50 ${at(first, 0.5)} ms p99 ${at(first, 0.99)} ms; DeliveryStarted p50 ${at(last, 0.5)} ms p99 ${at(last, 0.99)} ms`;

  async function one(): Promise<void> {
    const answer = await fetch(`${cafe.url('order')}/orders`, { method: 'POST', headers, body: order });
    const { id } = (await answer.json()) as { id: number };
    const answered = performance.now();
    for (let seen = false; ; await sleep(2)) {
      const trace = await fetch(`${cafe.url('trace')}/orderTraces/${id}`);
      const { status } = (await trace.json()) as { status: string | number };
      if (trace.ok && !seen) {
        seen = true;
        first.push(performance.now() - answered);
      }
      if (status === 'DeliveryStarted') break;
    }
    last.push(performance.now() - answered);
  }
}

function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024).toFixed(0);
}
