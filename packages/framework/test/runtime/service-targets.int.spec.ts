import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import { resolveHost } from '../../src/runtime/remote/dns-addresses.js';
import { makeTargets } from '../../src/runtime/remote/service-targets.js';
import type { Target, Targets } from '../../src/runtime/remote/targets.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { type StandIn, startStandIn } from '../../src/testing/stand-in-server.js';
import { openBackend } from '../http/gateway-fixture.js';

const agent = new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000, connect: { timeout: 5_000 } });
afterAll(() => agent.destroy());

/** One attempt, as a client makes it. Gives the address, and the status that it answered with. */
async function attempt(targets: Targets, tried?: Set<Target>) {
  const target = targets.pick(tried);
  try {
    const { statusCode, body } = await request(`${target.url}/stock`, {
      dispatcher: agent,
      signal: AbortSignal.timeout(5_000),
      headers: { ...(target.host && { host: target.host }) },
    });
    await body.dump();
    targets.report(target, statusCode >= 500 ? 'failed' : 'answered');
    return { target, status: statusCode };
  } catch {
    targets.report(target, 'unreachable');
    return { target, status: 0 };
  }
}

const seen = (servers: readonly StandIn[]) => servers.map(({ requests }) => requests.length);

describe('three replicas', () => {
  it('of which one answers 500: after one failure it gets nothing for three minutes, then one failure is enough again', async () => {
    await using a = await startStandIn();
    await using b = await startStandIn();
    await using c = await startStandIn();
    const all = [a, b, c];
    for (const one of all) one.answers({ status: one === b ? 500 : 200 });
    const clock = new ManualClock();
    const urls = all.map(({ url }) => url);
    const outliers = { failures: 1, ejectMs: 180_000 };
    const targets = makeTargets({ urls, outliers, clock, random: () => 0 });
    for (let i = 0; i < 30; i++) await attempt(targets);
    expect(b.requests).toHaveLength(1);
    await clock.advance(179_999);
    for (let i = 0; i < 10; i++) await attempt(targets);
    expect(b.requests).toHaveLength(1);
    await clock.advance(1);
    for (let i = 0; i < 10; i++) await attempt(targets);
    expect(b.requests).toHaveLength(2);
    expect(seen([a, c]).map((count) => count >= 20)).toEqual([true, true]);
  });

  it('of which one is gone: each call that meets it finds another one at once', async () => {
    await using a = await startStandIn();
    await using b = await startStandIn();
    for (const one of [a, b]) one.answers({ status: 200 });
    const urls = [a.url, await closedUrl(), b.url];
    const targets = makeTargets({ urls, clock: new ManualClock(), random: () => 0 });
    let refused = 0;
    for (let i = 0; i < 30; i++) {
      const first = await attempt(targets);
      if (first.status === 200) continue;
      refused += 1;
      expect((await attempt(targets, new Set([first.target]))).status).toBe(200);
    }
    expect(refused).toBe(1);
  });
});

describe('a host', () => {
  it('has the addresses that the system knows, of one kind only', async () => {
    const addresses = await resolveHost('localhost');
    expect(new Set(addresses.map(isIP)).size).toBe(1);
  });

  it('that nobody knows is an error', async () => {
    await expect(resolveHost('a host.invalid')).rejects.toThrow('a host.invalid');
  });
});

describe('a replica that is replaced', () => {
  // elsewhere than on Linux there is no 127.0.0.2
  it.skipIf(process.platform !== 'linux')(
    'is left within a second although it still answers, and the new one gets the name of the service as its host',
    async () => {
      const hosts: unknown[] = [];
      await using old = await openBackend((_, response) => response.end());
      const { port } = new URL(old.url);
      await using fresh = await listenOn('127.0.0.2', Number(port), (host) => hosts.push(host));
      let address = '127.0.0.1';
      const targets = makeTargets({
        urls: [`http://payment.test:${port}`],
        clock: systemClock,
        random: Math.random,
        resolve: () => Promise.resolve([address]),
      });
      targets.pick();
      await sleep(1);
      expect((await attempt(targets)).target.url).toBe(old.url);
      address = fresh.address;
      const changedAt = Date.now();
      let leftAt = 0;
      for (const deadline = changedAt + 20_000; Date.now() < deadline && leftAt === 0;) {
        const askedAt = Date.now();
        const { target, status } = await attempt(targets);
        expect(status).toBe(200);
        if (target.url !== old.url) leftAt = askedAt;
        await sleep(5);
      }
      // a second, and room for a busy machine
      expect(leftAt - changedAt).toBeGreaterThanOrEqual(0);
      expect(leftAt - changedAt).toBeLessThan(2_500);
      expect(hosts).toEqual([`payment.test:${port}`]);
      const before = old.seen.length;
      for (let i = 0; i < 5; i++) await attempt(targets);
      expect(old.seen).toHaveLength(before);
    },
  );
});

/** A server on an address of its own. */
async function listenOn(address: string, port: number, onHost: (host: unknown) => unknown) {
  const server = createHttpServer(({ headers }, response) => {
    onHost(headers.host);
    response.end();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  return {
    address,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Where nothing listens. */
async function closedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
