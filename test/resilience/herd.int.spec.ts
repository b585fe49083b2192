import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashLab } from '../crash/crash-lab.ts';
import type { HostProcess } from '../crash/host-process.ts';
import { shopOf } from '../crash/shop-orders.ts';
import { workingAgain } from './customers.ts';

const HERD = 2_000;
const BODY = JSON.stringify({ product: 'coffee', qty: 1, cost: 1000 });

describe('a thundering herd while payment is dead', { timeout: 120_000 }, () => {
  let lab: CrashLab;
  let order: HostProcess;

  beforeAll(async () => {
    lab = await CrashLab.open('order', 'payment');
    order = await lab.start(['order']);
  }, 60_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('2,000 connections at once: each is answered in bounded time, memory stays bounded, and all works when payment is there', async () => {
    const before = memoryOf(order.pid);
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, memoryOf(order.pid))), 50);
    const answers = await Promise.all(Array.from({ length: HERD }, () => ask(`${lab.url('order')}/orders`)));
    clearInterval(watching);
    expect(order.isAlive).toBe(true);
    const longest = Math.max(...answers.map(({ ms }) => ms));
    const counts = Map.groupBy(answers, ({ status }) => status);
    const summary = [...counts].map(([status, all]) => `${all.length} × ${status ?? 'no answer'}`).join(', ');
    console.log(
      `${HERD} connections: ${summary}; longest ${longest.toFixed(0)} ms; memory ${before} to at most ${most} MiB`,
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(longest).toBeLessThan(15_000);
    expect(most - before).toBeLessThan(250);
    await lab.start(['payment']);
    const recoveredMs = await workingAgain(lab);
    console.log(`an order is placed ${recoveredMs.toFixed(0)} ms after payment is there`);
    expect(recoveredMs).toBeLessThan(5_000);
    const { orders, paid } = await shopOf(lab);
    expect(paid).toEqual(orders);
  });
});

/** On a connection of its own. */
function ask(url: string): Promise<{ status: number | undefined; ms: number }> {
  const begin = performance.now();
  return new Promise((resolve) => {
    const done = (status: number | undefined) => resolve({ status, ms: performance.now() - begin });
    const headers = { 'content-type': 'application/json', accept: 'application/json', connection: 'close' };
    const call = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('close', () => done(answer.statusCode));
    });
    call.on('error', () => done(undefined));
    call.end(BODY);
  });
}

/** MiB */
function memoryOf(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024);
}
