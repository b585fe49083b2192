import { once } from 'node:events';
import { request as call } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { until } from '../fixtures/until.js';
import { openBackend, openGateway } from './gateway-fixture.js';

describe('a service behind the gateway', () => {
  it('that is not there gets its callers 503 with Retry-After at once, and the gateway stays healthy', async () => {
    await using gateway = await openGateway({
      order: 'http://127.0.0.1:1',
      payment: 'http://nowhere.invalid',
    });
    for (const path of ['/orders', '/payments']) {
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(gateway.url + path, { method });
        expect([
          answer.status,
          answer.headers.get('retry-after'),
          answer.headers.get('content-type'),
        ]).toEqual([503, '1', 'application/problem+json']);
        const text = await answer.text();
        expect(JSON.parse(text)).toMatchObject({
          code: 'UPSTREAM_UNREACHABLE',
          instance: path,
          traceId: expect.any(String),
        });
        expect(text).not.toContain('127.0.0.1');
      }
    }
    expect((await fetch(`${gateway.url}/actuator/health`)).status).toBe(200);
  });

  it('that does not answer in time gets its caller 504, and its call is given up', async () => {
    const given = new Latch();
    await using backend = await openBackend((request) => request.socket.once('close', () => given.open()));
    await using gateway = await openGateway({ order: backend.url }, { timeoutMs: 200 });
    const begin = performance.now();
    const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', body: '{}' });
    expect([answer.status, ((await answer.json()) as any).code]).toEqual([504, 'UPSTREAM_TIMEOUT']);
    expect(performance.now() - begin).toBeLessThan(2_000);
    await given.opened;
    expect(backend.seen).toHaveLength(1);
  });

  it('that breaks off gets the caller of a write 502, and sees the write once', async () => {
    await using backend = await openBackend((request) => request.socket.destroy());
    await using gateway = await openGateway({ order: backend.url });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      backend.seen.length = 0;
      const answer = await fetch(`${gateway.url}/orders`, { method, body: '{}' });
      expect([answer.status, ((await answer.json()) as any).code]).toEqual([502, 'UPSTREAM_BROKE_OFF']);
      expect([method, backend.seen.length]).toEqual([method, 1]);
    }
  });

  it('that breaks off sees a read once more, and then its caller gets 502', async () => {
    let answers = 0;
    await using backend = await openBackend((request, response) => {
      if (answers++ === 0) request.socket.destroy();
      else response.end('second');
    });
    await using gateway = await openGateway({ order: backend.url });
    expect(await (await fetch(`${gateway.url}/orders`)).text()).toBe('second');
    expect(backend.seen).toHaveLength(2);
    answers = -10;
    backend.server.removeAllListeners('request').on('request', (request) => {
      backend.seen.push(request);
      request.socket.destroy();
    });
    expect((await fetch(`${gateway.url}/orders`)).status).toBe(502);
    expect(backend.seen).toHaveLength(4);
  });

  it('that speaks no HTTP gets its caller 502', async () => {
    const server = createServer((socket) => socket.resume().end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await using gateway = await openGateway({
      order: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    expect((await fetch(`${gateway.url}/orders`)).status).toBe(502);
    await new Promise((resolve) => server.close(resolve));
  });

  it('that breaks off in the middle of its answer leaves no whole one behind', async () => {
    await using backend = await openBackend((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => setTimeout(() => request.socket.destroy(), 50));
    });
    await using gateway = await openGateway({ order: backend.url });
    const answer = await fetch(`${gateway.url}/orders`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow(TypeError);
  });

  it('that falls silent in the middle of its answer does not hold its client for ever', async () => {
    await using backend = await openBackend((_, response) => void response.writeHead(200).write('half'));
    await using gateway = await openGateway({ order: backend.url }, { timeoutMs: 500 });
    const answer = await fetch(`${gateway.url}/orders`);
    await expect(answer.text()).rejects.toThrow(TypeError);
  });

  it('that answers before it has read the body keeps its answer, and its client its connection', async () => {
    await using backend = await openBackend((_, response) => response.writeHead(422).end('no need to go on'));
    await using gateway = await openGateway({ order: backend.url });
    const body = Buffer.alloc(900_000);
    for (let round = 0; round < 20; round++) {
      const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', body });
      expect([answer.status, await answer.text()]).toEqual([422, 'no need to go on']);
    }
  });

  it('that closes before it has read the body never leaves its clients waiting', async () => {
    await using backend = await openBackend((_, response) =>
      response.writeHead(422, { connection: 'close' }).end('no need to go on'),
    );
    await using gateway = await openGateway({ order: backend.url });
    const body = Buffer.alloc(900_000);
    for (let round = 0; round < 20; round++) {
      const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', body });
      // the operating system may take the answer away together with the connection
      expect([422, 502]).toContain(answer.status);
      await answer.text();
    }
  });

  it('that is slow holds up no other', async () => {
    const go = new Latch();
    await using slow = await openBackend(async (_, response) => {
      await go.opened;
      response.end();
    });
    await using quick = await openBackend((_, response) => response.end('quick'));
    await using gateway = await openGateway({ order: slow.url, payment: quick.url });
    const waiting = Promise.all(Array.from({ length: 50 }, () => fetch(`${gateway.url}/orders`)));
    await until(
      () => slow.seen.length,
      (seen) => seen === 50,
    );
    expect(await (await fetch(`${gateway.url}/payments`)).text()).toBe('quick');
    go.open();
    expect((await waiting).every(({ status }) => status === 200)).toBe(true);
  });
});

describe('a client that goes away', () => {
  it.each([
    ['before the answer', false],
    ['in the middle of the answer', true],
  ])('%s ends the call to the service', async (_, begun) => {
    const [reached, ended] = [new Latch(), new Latch()];
    await using backend = await openBackend((request, response) => {
      request.socket.once('close', () => ended.open());
      if (begun) response.write('half');
      reached.open();
    });
    await using gateway = await openGateway({ order: backend.url }, { timeoutMs: 60_000 });
    const client = call(`${gateway.url}/orders`);
    client.on('error', () => {});
    client.end();
    if (begun) await once(client, 'response');
    await reached.opened;
    client.destroy();
    await ended.opened;
    expect(backend.seen).toHaveLength(1);
  });

  it('in the middle of its body ends the call to the service', async () => {
    const ended = new Latch();
    await using backend = await openBackend((request) => {
      request.resume();
      request.socket.once('close', () => ended.open());
    });
    await using gateway = await openGateway({ order: backend.url }, { timeoutMs: 60_000 });
    const client = call(`${gateway.url}/orders`, { method: 'POST', headers: { 'content-length': '1000' } });
    client.on('error', () => {});
    client.write('half');
    await until(
      () => backend.seen.length,
      (seen) => seen === 1,
    );
    client.destroy();
    await ended.opened;
    expect(backend.seen).toHaveLength(1);
  });
});

it('connections to a service are used again', async () => {
  await using backend = await openBackend((_, response) => response.end('ok'));
  await using gateway = await openGateway({ order: backend.url });
  let connections = 0;
  backend.server.on('connection', () => connections++);
  for (let round = 0; round < 10; round++)
    await (await fetch(`${gateway.url}/orders`, { method: 'POST', body: '{}' })).text();
  expect(connections).toBe(1);
});
