import { request } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { until } from '../fixtures/until.js';
import { send } from './client.js';
import { exchangeBytes } from './raw-socket.js';
import { type Shop, type ShopOptions, during, openShop } from './shop.js';

const open: Shop[] = [];
async function shopWith(options: ShopOptions = {}): Promise<Shop> {
  const shop = await openShop(options);
  open.push(shop);
  return shop;
}
afterEach(async () => {
  during.persist = () => {};
  for (const shop of open.splice(0)) await shop[Symbol.asyncDispose]();
});

const json = { 'content-type': 'application/json', accept: '*/*' };
const problemIn = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('a body that is too large', () => {
  const large = JSON.stringify({ product: 'x'.repeat(2 * 1024 * 1024), qty: 1 });

  it('gets 413 as a problem that the client can read although it is still sending, and writes nothing', async () => {
    const shop = await shopWith();
    const url = await shop.listen();
    const answer = await fetch(`${url}/orders`, { method: 'POST', headers: json, body: large });
    expect(answer.status).toBe(413);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    // a connection that were closed now would take the answer with it
    expect(answer.headers.get('connection')).not.toBe('close');
    expect(await answer.json()).toMatchObject({
      code: 'BODY_TOO_LARGE',
      detail: expect.stringContaining('1048576'),
    });
    expect(await shop.written()).toEqual({ orders: 0, events: 0 });
  });

  it('gets it also when it does not say its length before', async () => {
    const shop = await shopWith();
    const url = await shop.listen();
    const body = new Blob([large]).stream();
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: json,
      body,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(await shop.written()).toEqual({ orders: 0, events: 0 });
  });

  it('has a limit that can be set', async () => {
    const shop = await shopWith({ limits: { bodyLimitBytes: 28 } });
    expect(await send(shop.app, 'POST', '/orders', { product: 'a', qty: 1 })).toMatchObject({ status: 201 });
    expect(await send(shop.app, 'POST', '/orders', { product: 'coffee', qty: 10 })).toMatchObject({
      status: 413,
    });
  });
});

describe('a client that is slow', () => {
  it('with its headers gets 408 and its connection closed', async () => {
    const shop = await shopWith({ limits: { headersTimeoutMs: 200 } });
    const answer = await exchangeBytes(await shop.listen(), 'GET /orders HTTP/1.1\r\nHost: x\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(problemIn(answer)).toMatchObject({ status: 408, code: 'BAD_REQUEST' });
    expect(shop.observed).toEqual([{ method: 'UNKNOWN', route: 'UNKNOWN', status: 408, seconds: 0 }]);
  });

  it('with its body, byte by byte, gets 408, and nothing is written', async () => {
    const shop = await shopWith({ limits: { receiveTimeoutMs: 300, headersTimeoutMs: 300 } });
    const head =
      'POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
    let drip: NodeJS.Timeout | undefined;
    const answer = await exchangeBytes(await shop.listen(), head, async (write) => {
      drip = setInterval(() => write(' '), 20);
    });
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(await shop.written()).toEqual({ orders: 0, events: 0 });
  });
});

describe('what is no request', () => {
  it.each([
    [
      'headers that are too large',
      `GET /orders HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['a request line that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['garbage', 'hello world\r\n\r\n', 400],
    [
      'two lengths',
      'POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
  ])('%s gets a problem, and the connection is closed', async (_, bytes, status) => {
    const shop = await shopWith();
    const answer = await exchangeBytes(await shop.listen(), bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(problemIn(answer)).toMatchObject({ status, code: 'BAD_REQUEST' });
  });

  it('half a body whose client goes away writes nothing', async () => {
    const shop = await shopWith();
    const url = await shop.listen();
    const call = request(`${url}/orders`, { method: 'POST', headers: { ...json, 'content-length': '100' } });
    call.on('error', () => {});
    call.write('{"product":"coffee","qty":1}');
    await once(call, 'socket');
    await sleep(50);
    call.destroy();
    await until(
      () => shop.logged.length,
      (lines) => lines > 0,
    );
    expect(await shop.written()).toEqual({ orders: 0, events: 0 });
  });
});

describe('a request that takes too long', () => {
  it('gets 503 with Retry-After in time, and what it does later is not committed', async () => {
    const shop = await shopWith({ limits: { requestTimeoutMs: 600 } });
    // the first one of all is slower than the others
    await send(shop.app, 'POST', '/orders', { product: 'first', qty: 1 });
    const slow = new Latch();
    const reached = new Latch();
    during.persist = async () => {
      reached.open();
      await slow.opened;
    };
    const answer = await send(shop.app, 'POST', '/orders', { product: 'coffee', qty: 1 });
    expect(reached.isOpen).toBe(true);
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'REQUEST_TIMEOUT', detail: expect.stringContaining('600 ms') },
    });
    slow.open();
    during.persist = () => {};
    // a marker that comes after: when it is there, the late one would be
    expect(await send(shop.app, 'POST', '/orders', { product: 'marker', qty: 1 })).toMatchObject({
      status: 201,
    });
    expect(await shop.written()).toEqual({ orders: 2, events: 2 });
    expect(shop.observed.map(({ status }) => status)).toEqual([201, 503, 201]);
  });

  it('whose commit was under way at its limit is noted as done after all', async () => {
    const committing = new Latch();
    const go = new Latch();
    const shop = await shopWith({
      limits: { requestTimeoutMs: 600 },
      wrapStore: (store) =>
        new Proxy(store, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name);
            if (name === 'commit')
              return async (...args: Parameters<typeof store.commit>) => {
                committing.open();
                await go.opened;
                return store.commit(...args);
              };
            return typeof value === 'function' ? value.bind(target) : value;
          },
        }),
    });
    expect(await send(shop.app, 'POST', '/orders', { product: 'coffee', qty: 1 })).toMatchObject({
      status: 503,
    });
    expect(committing.isOpen).toBe(true);
    go.open();
    const warnings = () =>
      shop.logged.filter(({ message }) => message.includes('was done after its client was told'));
    await until(
      () => warnings().length,
      (lines) => lines === 1,
    );
    expect(await shop.written()).toEqual({ orders: 1, events: 1 });
  });

  it('is finished for a client that went away: what others did for it is not left alone', async () => {
    const shop = await shopWith();
    const url = await shop.listen();
    const [reached, go] = [new Latch(), new Latch()];
    during.persist = async () => {
      reached.open();
      await go.opened;
    };
    const leaving = new AbortController();
    const body = JSON.stringify({ product: 'coffee', qty: 1 });
    const gone = fetch(`${url}/orders`, {
      method: 'POST',
      headers: json,
      body,
      signal: leaving.signal,
    }).catch(() => 'gone');
    await reached.opened;
    leaving.abort();
    expect(await gone).toBe('gone');
    const connections = () => promisify(shop.app.server.getConnections.bind(shop.app.server))();
    await until(connections, (count) => count === 0);
    go.open();
    await until(
      () => shop.written(),
      ({ orders }) => orders === 1,
    );
  });
});

describe('the phases of a service', () => {
  it('while it starts only the actuator answers; the rest gets 503 with Retry-After', async () => {
    const shop = await shopWith();
    shop.phase = 'starting';
    for (const path of ['/orders', '/', '/nothing']) {
      expect(await send(shop.app, 'GET', path)).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { code: 'NOT_READY' },
      });
    }
    expect(await send(shop.app, 'GET', '/actuator/health')).toMatchObject({ status: 200 });
    shop.phase = 'running';
    expect(await send(shop.app, 'GET', '/orders')).toMatchObject({ status: 200 });
  });

  it('while it drains and still listens everything is answered, and no answer sends its client to a new connection', async () => {
    const shop = await shopWith();
    const url = await shop.listen();
    shop.phase = 'draining';
    const body = JSON.stringify({ product: 'coffee', qty: 1 });
    const answer = await fetch(`${url}/orders`, { method: 'POST', headers: json, body });
    expect([answer.status, answer.headers.get('connection')]).toEqual([201, 'keep-alive']);
    for (const path of ['/nothing', '/actuator/health']) {
      expect((await fetch(`${url}${path}`)).headers.get('connection')).not.toBe('close');
    }
  });

  it('a request that is under way when the server closes is answered, and its connection closed', async () => {
    const shop = await shopWith();
    const url = await shop.listen();
    const [reached, go] = [new Latch(), new Latch()];
    during.persist = async () => {
      reached.open();
      await go.opened;
    };
    const answer = fetch(`${url}/orders`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ product: 'coffee', qty: 1 }),
    });
    await reached.opened;
    shop.phase = 'draining';
    const closed = shop.app.close();
    go.open();
    const { status, headers } = await answer;
    expect([status, headers.get('connection')]).toEqual([201, 'close']);
    await closed;
    expect(await shop.written()).toEqual({ orders: 1, events: 1 });
  });
});
