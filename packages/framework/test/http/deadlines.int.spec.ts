import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpApp, buildHttpApp } from '../../src/http/http-app.js';
import { Routes, type Route } from '../../src/http/routes.js';
import { systemClock } from '../../src/kernel/clock.js';
import { Latch } from '../../src/kernel/latch.js';
import { RequestTimeoutError } from '../../src/kernel/errors/request-errors.js';
import { silentLogger } from '../../src/kernel/logger.js';
import type { Origin } from '../../src/runtime/origin.js';
import { DEADLINE_HEADER, deadlineHeaderOf, remainingMs } from '../../src/runtime/remote/deadline-header.js';
import { until } from '../fixtures/until.js';
import { openBackend, openGateway } from './gateway-fixture.js';
import { exchangeBytes } from './raw-socket.js';

const open: HttpApp[] = [];
afterEach(async () => {
  for (const { fastify } of open.splice(0)) {
    fastify.server.closeAllConnections();
    await fastify.close();
  }
});

interface Hop {
  readonly url: string;
  readonly app: HttpApp;
  /** The origins of the requests that were begun. */
  readonly begun: Origin[];
}

/** A server with one route, `/orders`, for reading and writing. */
async function hop(
  handler: Route['handler'],
  requestTimeoutMs = 20_000,
  before = async () => {},
): Promise<Hop> {
  const app = buildHttpApp({
    name: 'hop',
    logger: silentLogger,
    limits: { requestTimeoutMs },
    phase: () => 'running',
  });
  open.push(app);
  const begun: Origin[] = [];
  app.fastify.addHook('preHandler', before);
  const routes = new Routes(app.fastify, app.table, app.deadline);
  for (const method of ['GET', 'POST'] as const) {
    const consumes = method === 'POST' ? { consumes: ['application/json'] } : {};
    routes.add({
      method,
      path: '/orders',
      ...consumes,
      handler: (one, reply) => {
        begun.push(one.origin);
        return handler(one, reply);
      },
    });
  }
  return { url: await app.fastify.listen({ port: 0, host: '127.0.0.1' }), app, begun };
}

const aborted = ({ signal }: Origin) => once(signal!, 'abort');
const get = (url: string, leftMs: number | string) =>
  request(`${url}/orders`, { headers: { [DEADLINE_HEADER]: String(leftMs) } });

describe('the time that a client waits', () => {
  it('is the time that its handler has, where that is less than the limit', async () => {
    const slow = await hop(async ({ origin }) => void (await aborted(origin)));
    const before = Date.now();
    const answer = await get(slow.url, 150);
    expect(answer.statusCode).toBe(503);
    expect(await answer.body.json()).toMatchObject({
      code: 'REQUEST_TIMEOUT',
      detail: expect.stringMatching(/^GET \/orders was not done within 1?\d\d ms$/),
    });
    const { signal, deadline } = slow.begun[0]!;
    expect(signal!.aborted).toBe(true);
    expect(deadline! - before).toBeGreaterThanOrEqual(150);
    expect(deadline! - before).toBeLessThan(10_000);
  });

  it.each([86_400_000, 'soon', 0])(
    'does not make the limit longer, nor take it away (%s)',
    async (header) => {
      const slow = await hop(async ({ origin }) => void (await aborted(origin)), 150);
      const before = Date.now();
      const answer = await get(slow.url, header);
      expect(await answer.body.json()).toMatchObject({
        detail: 'GET /orders was not done within 150 ms',
      });
      expect(slow.begun[0]!.deadline! - before).toBeLessThan(10_000);
    },
  );

  it('shrinks from hop to hop, and ends the work of the last one', async () => {
    const ended = new Latch();
    const told: number[] = [];
    const last = await hop(async ({ origin, headers }) => {
      told.push(Number(headers[DEADLINE_HEADER]));
      await aborted(origin);
      ended.open();
    });
    const middle = await hop(async ({ origin, headers }) => {
      told.push(Number(headers[DEADLINE_HEADER]));
      await sleep(50);
      const answer = await get(last.url, deadlineHeaderOf(remainingMs(origin, systemClock, 15_000)));
      await answer.body.dump();
      return {};
    });
    await using gateway = await openGateway({ order: middle.url });
    const answer = await get(gateway.url, 1_000);
    expect(answer.statusCode).toBeGreaterThanOrEqual(500);
    await answer.body.dump();
    await ended.opened;
    const [first, second] = told;
    expect(first).toBeLessThanOrEqual(1_000);
    // what the hop between has used, but for the millisecond that timers may be early
    expect(second).toBeLessThanOrEqual(first! - 49);
    expect(last.begun[0]!.signal!.reason).toBeInstanceOf(RequestTimeoutError);
  });
});

describe('work that nobody waits for', () => {
  it('is not begun when the time was over while its body came in', async () => {
    const server = await hop(() => ({}));
    const head = `POST /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n${DEADLINE_HEADER}: 30\r\nContent-Length: 2\r\n\r\n{`;
    const answer = await exchangeBytes(server.url, head, async (write) => {
      await sleep(60);
      write('}');
    });
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
    expect(answer.toLowerCase()).toContain('retry-after: 1');
    expect(answer).toContain('"code":"DEADLINE_EXCEEDED"');
    expect(server.begun).toEqual([]);
  });

  it('is not begun when the client went away before', async () => {
    const waiting = new Latch();
    const arrived = new Latch();
    const sockets: { readonly destroyed: boolean }[] = [];
    const server = await hop(
      () => ({}),
      20_000,
      async () => {
        arrived.open();
        await waiting.opened;
      },
    );
    server.app.fastify.server.on('request', ({ socket }) => void sockets.push(socket));
    const client = connect(Number(new URL(server.url).port), '127.0.0.1');
    client.write('GET /orders HTTP/1.1\r\nHost: x\r\n\r\n');
    await arrived.opened;
    client.destroy();
    await until(
      () => sockets.map(({ destroyed }) => destroyed),
      ([gone]) => gone === true,
    );
    waiting.open();
    // the next request comes after it
    const answer = await get(server.url, 10_000);
    expect(answer.statusCode).toBe(200);
    await answer.body.dump();
    expect(server.begun).toHaveLength(1);
  });

  it('goes on when its client goes away later', async () => {
    const begun = new Latch();
    const done = new Latch();
    const sockets: { readonly destroyed: boolean }[] = [];
    const server = await hop(async () => {
      begun.open();
      await done.opened;
      return {};
    });
    server.app.fastify.server.on('request', ({ socket }) => void sockets.push(socket));
    const client = connect(Number(new URL(server.url).port), '127.0.0.1');
    client.write('GET /orders HTTP/1.1\r\nHost: x\r\n\r\n');
    await begun.opened;
    client.destroy();
    await until(
      () => sockets.map(({ destroyed }) => destroyed),
      ([gone]) => gone === true,
    );
    expect(server.begun[0]!.signal!.aborted).toBe(false);
    done.open();
  });
});

describe('a gateway', () => {
  async function throughGateway(headers: Record<string, string>, body?: string) {
    const seen: unknown[] = [];
    await using backend = await openBackend((one, response) => {
      seen.push(one.headers[DEADLINE_HEADER]);
      one.resume().on('end', () => response.end('{}'));
    });
    let now = 0;
    await using gateway = await openGateway(
      { order: backend.url },
      {
        clock: { ...systemClock, now: () => now },
        timeoutMs: 5_000,
        // asked once for each request, after it has come in and before it is passed on: that takes a tenth of a second here
        phase: () => {
          now += 100;
          return 'running';
        },
      },
    );
    const answer = await request(`${gateway.url}/orders`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    });
    return { status: answer.statusCode, body: await answer.body.json(), seen };
  }

  it.each([
    ['what is left of the time of its client', '1000', undefined, '900'],
    ['its own limit, where that is less', '9000', undefined, '5000'],
    ['its own limit, where the client says nothing that makes sense', 'soon', undefined, '5000'],
    ['its own limit also with a body that comes at once', '9000', '{}', '5000'],
    ['the time of its client for a body that may stream for long', '9000', 'x'.repeat(65_537), '8900'],
  ])('tells the service behind %s', async (_, header, body, told) => {
    const { status, seen } = await throughGateway({ [DEADLINE_HEADER]: header }, body);
    expect(status).toBe(200);
    expect(seen).toEqual([told]);
  });

  it('passes nothing on when that time is over', async () => {
    const { status, body, seen } = await throughGateway({ [DEADLINE_HEADER]: '100' });
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(seen).toEqual([]);
  });

  it('gives up with its client', async () => {
    await using backend = await openBackend(() => {});
    await using gateway = await openGateway({ order: backend.url }, { timeoutMs: 60_000 });
    const answer = await get(gateway.url, 100);
    expect(answer.statusCode).toBe(504);
    expect(await answer.body.json()).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      detail: expect.stringMatching(/^the service order did not answer within \d{1,3} ms$/),
    });
  });
});

describe('an answer that was made without another service', () => {
  it('names the operations that answered with their fallback; any other answer has no such header', async () => {
    const server = await hop(({ origin, headers }) => {
      if (headers['x-alone']) origin.fallbacks!.add('payment.stock').add('payment.rates');
      return {};
    });
    const alone = await request(`${server.url}/orders`, { headers: { 'x-alone': 'yes' } });
    expect(alone.headers['x-fallback']).toBe('payment.stock, payment.rates');
    const other = await request(`${server.url}/orders`);
    expect(other.headers).not.toHaveProperty('x-fallback');
    await Promise.all([alone.body.dump(), other.body.dump()]);
  });
});
