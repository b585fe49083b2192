import { once } from 'node:events';
import { request as call } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { until } from '../fixtures/until.js';
import { openBackend, openGateway } from './gateway-fixture.js';
import { exchangeBytes } from './raw-socket.js';
import { openShop } from './shop.js';

const json = { 'content-type': 'application/json', accept: '*/*' };

/** Answers with what it got. */
const openEcho = () =>
  openBackend(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }),
    );
  });

describe('the way through the gateway', () => {
  it('leads to a service by path: the path itself and all below it, with its query, and nothing else', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url });
    for (const path of [
      '/orders',
      '/orders/',
      '/orders/1',
      '/orders?page=1&size=2',
      '/orders/1/x%2Fy?q=%20',
      '/books',
      '/books/7',
      '/payments/1',
    ]) {
      const answer = await fetch(gateway.url + path);
      expect([answer.status, ((await answer.json()) as any).url]).toEqual([200, path]);
    }
    for (const path of ['/ordersX', '/order', '/payment', '/nothing/orders', '/orders%2F1']) {
      const answer = await fetch(gateway.url + path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(await answer.json()).toMatchObject({ code: 'NO_SUCH_PATH', instance: path });
    }
    expect(gateway.observed.map(({ route }) => route)).toEqual(
      expect.arrayContaining(['/orders/**', '/books/**', 'UNKNOWN']),
    );
  });

  it('lets links in HAL answers point at the gateway', async () => {
    await using shop = await openShop();
    await using gateway = await openGateway({ order: await shop.listen() });
    const created = await fetch(`${gateway.url}/orders`, {
      method: 'POST',
      headers: json,
      body: '{"product":"coffee","qty":"1"}',
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`${gateway.url}/orders/1`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.headers.get('content-type')).toBe('application/hal+json');
    expect(await created.json()).toMatchObject({ _links: { self: { href: `${gateway.url}/orders/1` } } });
    const list = (await (await fetch(`${gateway.url}/orders`)).json()) as any;
    expect(list._links.self.href).toBe(`${gateway.url}/orders{?page,size,sort}`);
    const refused = await fetch(`${gateway.url}/orders`, {
      method: 'POST',
      headers: json,
      body: '{"qty":"x"}',
    });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  });

  it('passes methods, bodies of any kind and headers on as they are', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url });
    for (const [method, body, type] of [
      ['POST', '<order/>', 'application/xml'],
      ['PUT', 'plain', 'text/plain'],
      ['PATCH', '[{"op":"remove"}]', 'application/json-patch+json'],
      ['DELETE', '{"why":"no"}', 'application/json'],
      ['POST', '{broken json', 'application/json'],
      ['POST', '', 'application/json'],
      ['OPTIONS', undefined, undefined],
      ['GET', undefined, undefined],
    ] as const) {
      const headers = { ...(type && { 'content-type': type }), 'if-match': '"3"', authorization: 'Bearer x' };
      const answer: any = await (
        await fetch(`${gateway.url}/orders/1`, { method, headers, ...(body !== undefined && { body }) })
      ).json();
      expect(answer).toMatchObject({ method, body: body ?? '', headers });
    }
  });

  it('passes statuses, headers and empty answers back as they are', async () => {
    await using backend = await openBackend((request, response) => {
      if (request.url === '/orders/304') response.writeHead(304, { etag: '"7"' }).end();
      else if (request.url === '/orders/redirect') response.writeHead(302, { location: '/orders/1' }).end();
      else if (request.url === '/orders/head')
        response.writeHead(200, { 'content-length': '4711', 'content-type': 'a/b' }).end();
      else
        response.writeHead(418, { 'set-cookie': ['a=1', 'b=2'], 'x-own': 'yes', vary: 'accept' }).end('tea');
    });
    await using gateway = await openGateway({ order: backend.url });
    const teapot = await fetch(`${gateway.url}/orders`);
    expect([teapot.status, await teapot.text(), teapot.headers.get('x-own')]).toEqual([418, 'tea', 'yes']);
    expect(teapot.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(teapot.headers.get('vary')).toContain('accept');
    expect((await fetch(`${gateway.url}/orders/304`)).status).toBe(304);
    const redirect = await fetch(`${gateway.url}/orders/redirect`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/orders/1']);
    const head = await fetch(`${gateway.url}/orders/head`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([
      200,
      '4711',
      'a/b',
    ]);
  });

  it('tells the service who called whom, whatever the client says about that', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url });
    const lies = {
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-host': 'evil',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
      forwarded: 'for=evil',
    };
    const { headers } = (await (await fetch(`${gateway.url}/orders`, { headers: lies })).json()) as any;
    const { host, port } = new URL(gateway.url);
    expect(headers).toMatchObject({
      host: new URL(echo.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-port': port,
      'x-forwarded-proto': 'http',
    });
    expect(headers).not.toHaveProperty('x-forwarded-prefix');
    expect(headers).not.toHaveProperty('forwarded');
  });

  it('believes a proxy in front of it, where it is told to', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url }, { trustForwarded: true });
    const truth = {
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-host': 'cafe.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/shop',
    };
    const { headers } = (await (await fetch(`${gateway.url}/orders`, { headers: truth })).json()) as any;
    expect(headers).toMatchObject({ ...truth, 'x-forwarded-for': '1.2.3.4, 127.0.0.1' });
    expect(headers).not.toHaveProperty('x-forwarded-port');
  });

  it('ends where connections end: headers of one connection are not passed on', async () => {
    await using backend = await openBackend((_, response) => {
      response
        .writeHead(200, {
          connection: 'close, x-hop',
          'x-hop': 'back',
          'keep-alive': 'timeout=1',
          'proxy-authenticate': 'x',
        })
        .end('ok');
    });
    await using gateway = await openGateway({ order: backend.url });
    const raw = await exchangeBytes(
      gateway.url,
      'GET /orders HTTP/1.1\r\nHost: shop.example\r\nConnection: close, X-Hop\r\nX-Hop: forth\r\nTE: trailers\r\nProxy-Authorization: x\r\nUpgrade: h2c\r\nX-Stays: yes\r\n\r\n',
    );
    expect(raw).toMatch(/^HTTP\/1.1 200 /);
    expect(raw).not.toMatch(/x-hop|proxy-authenticate/i);
    const { headers } = backend.seen[0]!;
    expect(headers).toMatchObject({
      'x-stays': 'yes',
      'x-forwarded-host': 'shop.example',
      'x-forwarded-port': '80',
    });
    for (const name of ['x-hop', 'te', 'proxy-authorization', 'upgrade'])
      expect(headers).not.toHaveProperty(name);
  });

  it('keeps trace and correlation id, and makes them where they are missing', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url });
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const given = { traceparent: `00-${trace}-b7ad6b7169203331-01`, 'x-correlation-id': 'mine' };
    const kept = await fetch(`${gateway.url}/orders`, { headers: given });
    expect(kept.headers.get('x-correlation-id')).toBe('mine');
    const seen = ((await kept.json()) as any).headers;
    expect(seen).toMatchObject({
      'x-correlation-id': 'mine',
      traceparent: expect.stringMatching(`^00-${trace}-(?!b7ad6b7169203331)`),
    });
    const fresh = await fetch(`${gateway.url}/orders`);
    const made = ((await fresh.json()) as any).headers;
    expect(made['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    expect(fresh.headers.get('x-correlation-id')).toBe(made['x-correlation-id']);
  });

  it('is not led astray by dots in a path', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url });
    for (const path of [
      '/orders/../actuator',
      '/orders/%2e%2e/actuator',
      '/orders/..%2Factuator',
      '/orders/.%2e/x',
      '/orders/./x',
      '/orders/..%5cx',
    ]) {
      const raw = await exchangeBytes(
        gateway.url,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect([path, raw.slice(9, 12)]).toEqual([path, '400']);
    }
    expect(echo.seen).toEqual([]);
    expect((await fetch(`${gateway.url}/orders/a..b/...`)).status).toBe(200);
  });

  it('goes to a base path where the URL of the service has one', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: `${echo.url}/v1/` });
    expect(await (await fetch(`${gateway.url}/orders/1?x=2`)).json()).toMatchObject({
      url: '/v1/orders/1?x=2',
    });
  });
});

describe('bodies', () => {
  it('stream to the service: it sees the first chunk before the client has sent the last', async () => {
    const first = new Latch();
    await using backend = await openBackend((request, response) => {
      request.once('data', () => first.open());
      request.on('end', () => response.end('done'));
    });
    await using gateway = await openGateway({ order: backend.url });
    const upload = call(`${gateway.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
    });
    upload.write('first');
    await first.opened;
    upload.end('last');
    const [answer] = await once(upload, 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });

  it('stream to the client: it sees the first chunk before the service has sent the last', async () => {
    const seen = new Latch();
    await using backend = await openBackend(async (_, response) => {
      response.write('first');
      await seen.opened;
      response.end('last');
    });
    await using gateway = await openGateway({ order: backend.url });
    const answer = await fetch(`${gateway.url}/orders`);
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe('first');
    seen.open();
    expect(Buffer.from((await reader.read()).value).toString()).toBe('last');
  });

  it('are held back when the client does not read: the gateway keeps no more than buffers hold', async () => {
    const total = 64 * 1024 * 1024;
    let sent = 0;
    await using backend = await openBackend(async (_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const closed = once(response, 'close');
      while (sent < total && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
      }
      response.end();
    });
    await using gateway = await openGateway({ order: backend.url }, { timeoutMs: 20_000 });
    const download = call(`${gateway.url}/orders`).end();
    const [answer] = await once(download, 'response');
    // it stands still when what was sent does not grow any more
    let before = -1;
    await until(
      () => sent,
      (now) => now === before || ((before = now), false),
      10_000,
    );
    let steady = 0;
    await until(
      () => sent,
      (now) => (now === before ? ++steady : ((before = now), (steady = 0))) > 40,
    );
    expect(sent).toBeLessThan(total / 2);
    let received = 0;
    for await (const chunk of answer) received += chunk.length;
    expect(received).toBe(total);
  });

  it('that are too large get 413, whether they tell their length or not', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url }, { limits: { bodyLimitBytes: 100_000 } });
    const body = 'x'.repeat(200_000);
    const known = await fetch(`${gateway.url}/orders`, { method: 'POST', headers: json, body });
    expect([known.status, ((await known.json()) as any).code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(echo.seen).toEqual([]);
    const stream = {
      method: 'POST',
      headers: json,
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit;
    const chunked = await fetch(`${gateway.url}/orders`, stream);
    expect([chunked.status, ((await chunked.json()) as any).code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect((await fetch(`${gateway.url}/orders`, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(
      200,
    );
  });
});

describe('browsers of other origins', () => {
  const preflight = {
    origin: 'http://page.example',
    'access-control-request-method': 'PATCH',
    'access-control-request-headers': 'content-type,if-match',
  };

  it('may use the API: the preflight is answered by the gateway, and scripts may read the headers that matter', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url });
    const answer = await fetch(`${gateway.url}/orders/1`, { method: 'OPTIONS', headers: preflight });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type,if-match');
    expect(echo.seen).toEqual([]);
    for (const path of ['/orders', '/nothing', '/']) {
      const { headers } = await fetch(gateway.url + path, { headers: { origin: 'http://page.example' } });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')).toBe(
        'Location, ETag, Retry-After, x-correlation-id, idempotent-replayed, x-fallback',
      );
    }
  });

  it('may not, where their origin is not in the list; and what services say about that does not count', async () => {
    await using backend = await openBackend((_, response) =>
      response.writeHead(200, { 'access-control-allow-origin': '*', vary: 'accept' }).end(),
    );
    await using gateway = await openGateway(
      { order: backend.url },
      { cors: { origins: ['http://page.example'], credentials: true } },
    );
    const allowed = await fetch(`${gateway.url}/orders`, { headers: { origin: 'http://page.example' } });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://page.example');
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    expect(allowed.headers.get('vary')).toMatch(/Origin, accept/i);
    for (const init of [
      { headers: { origin: 'http://evil.example' } },
      { method: 'OPTIONS', headers: { ...preflight, origin: 'http://evil.example' } },
    ]) {
      expect(
        (await fetch(`${gateway.url}/orders`, init)).headers.get('access-control-allow-origin'),
      ).toBeNull();
    }
  });
});

describe('what the gateway answers itself', () => {
  it('is an index of its routes, its actuator, and OPTIONS of both', async () => {
    await using gateway = await openGateway({ order: 'http://127.0.0.1:1' });
    expect(await (await fetch(gateway.url)).json()).toEqual({
      _links: {
        orders: { href: `${gateway.url}/orders` },
        books: { href: `${gateway.url}/books/` },
        payments: { href: `${gateway.url}/payments` },
      },
    });
    for (const path of ['/actuator', '/actuator/health', '/actuator/health/readiness', '/actuator/info']) {
      expect((await fetch(gateway.url + path)).status).toBe(200);
    }
    const options = await fetch(`${gateway.url}/actuator/health`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([200, 'GET, HEAD, OPTIONS']);
    expect((await fetch(`${gateway.url}/actuator/health`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${gateway.url}/nothing`, { method: 'OPTIONS' })).status).toBe(404);
  });

  it('goes on while it drains, and not before it has started', async () => {
    await using echo = await openEcho();
    await using gateway = await openGateway({ order: echo.url });
    gateway.phase = 'starting';
    expect((await fetch(`${gateway.url}/orders`)).status).toBe(503);
    gateway.phase = 'draining';
    expect((await fetch(`${gateway.url}/orders`)).status).toBe(200);
  });
});
