import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RequestSlots, fixedBound } from '../../src/http/load/request-slots.js';
import { systemClock } from '../../src/kernel/clock.js';
import { Latch } from '../../src/kernel/latch.js';
import { startTestService } from '../../src/testing/service-harness.js';
import type { TestService } from '../../src/testing/test-service.js';
import { until } from '../fixtures/until.js';
import { send } from './client.js';
import { openShop } from './shop.js';
import { Payment, during, newRules, till } from './till.js';

afterEach(newRules);

const started = (settings: Readonly<Record<string, string>>) => startTestService(till, { settings });
const pay = (service: TestService) => service.request<any>('POST', '/payments', { orderId: 7 });

/** The value of a metric as Prometheus reads it. */
async function metric(service: TestService, name: string): Promise<number> {
  const { text } = await service.request('GET', '/actuator/prometheus');
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')));
}

/** Opens a connection and sends the head of a `POST` whose body does not come yet. */
async function half(service: TestService): Promise<Socket> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    'POST /payments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n',
  );
  return socket;
}

describe('a service with as many requests under way as it takes', () => {
  it('refuses the next at once with 503, and goes on with those that it has', async () => {
    await using service = await started({ MAX_CONCURRENT_REQUESTS: '2' });
    const go = new Latch();
    during.pay = () => go.opened;
    const taken = [pay(service), pay(service)];
    await until(
      () => metric(service, 'http_server_concurrency'),
      (count) => count === 2,
    );
    const refused = await Promise.all([pay(service), service.request<any>('GET', '/payments')]);
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'OVERLOADED' } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(await metric(service, 'http_server_shed_total')).toBe(2);
    expect(await metric(service, 'http_server_concurrency_limit')).toBe(2);
    go.open();
    for (const answer of await Promise.all(taken)) expect(answer.status).toBe(201);
    expect(await pay(service)).toMatchObject({ status: 201 });
    expect(await service.stored(Payment)).toHaveLength(3);
    expect(await metric(service, 'http_server_concurrency')).toBe(0);
  });

  it('answers the actuator all the while', async () => {
    await using service = await started({ MAX_CONCURRENT_REQUESTS: '1' });
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const taken = pay(service);
    await begun.opened;
    for (const path of ['/actuator', '/actuator/health', '/actuator/health/liveness?x=1'])
      expect([path, (await service.request('GET', path)).status]).toEqual([path, 200]);
    // what only begins like it is no part of it
    expect(await service.request('GET', '/actuators')).toMatchObject({ status: 503 });
    go.open();
    await taken;
  });

  it('does not read the body of what it refuses', async () => {
    await using service = await started({ MAX_CONCURRENT_REQUESTS: '1' });
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const taken = pay(service);
    await begun.opened;
    const second = await half(service);
    const [answer] = (await once(second, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 /);
    second.destroy();
    go.open();
    await taken;
  });

  it('makes no room when a client goes away from work that goes on', async () => {
    await using service = await started({ MAX_CONCURRENT_REQUESTS: '1' });
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const client = await half(service);
    client.write('{"orderId":7}');
    await begun.opened;
    client.destroy();
    await once(client, 'close');
    // the marker: the service has seen another connection come and go since
    for (let i = 0; i < 3; i++) expect(await pay(service)).toMatchObject({ status: 503 });
    go.open();
    await until(
      () => pay(service),
      ({ status }) => status === 201,
    );
  });

  it('keeps no room for those who send half of a body, and refuses them when they send the rest too late', async () => {
    await using service = await started({ MAX_CONCURRENT_REQUESTS: '1' });
    const clients = await Promise.all([half(service), half(service), half(service)]);
    // the marker: it came after their headers
    expect(await pay(service)).toMatchObject({ status: 201 });
    expect(await metric(service, 'http_server_concurrency')).toBe(0);
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const taken = pay(service);
    await begun.opened;
    const [late] = clients;
    late.write('{"orderId":7}');
    const [answer] = (await once(late, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 [^]*OVERLOADED/);
    for (const client of clients) client.destroy();
    go.open();
    await taken;
    expect(await service.stored(Payment)).toHaveLength(2);
  });

  it('makes room after a while when a client asks on and on and reads no answer', async () => {
    await using shop = await openShop({
      limits: { silenceTimeoutMs: 1_000 },
      slots: new RequestSlots(fixedBound(50), systemClock),
    });
    const url = await shop.listen();
    for (let i = 0; i < 20; i++)
      await send(shop.app, 'POST', '/orders', { product: 'x'.repeat(50_000), qty: 1 });
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    client.pause();
    client.on('error', () => {});
    client.write('GET /orders HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(200));
    await until(
      () => shop.slots.underWay,
      (count) => count > 40,
    );
    await until(
      () => shop.slots.underWay,
      (count) => count === 0,
    );
    expect((await fetch(`${url}/orders?size=1`)).status).toBe(200);
    client.destroy();
  });

  it('makes room at the time limit of a request whose work does not end', async () => {
    await using service = await started({ MAX_CONCURRENT_REQUESTS: '1', REQUEST_TIMEOUT_MS: '300' });
    const go = new Latch();
    during.pay = () => go.opened;
    expect(await pay(service)).toMatchObject({ status: 503, body: { code: 'REQUEST_TIMEOUT' } });
    expect(await service.request('GET', '/payments')).toMatchObject({ status: 200 });
    go.open();
  });

  it('says so in the log now and then, not for each', async () => {
    await using service = await started({ MAX_CONCURRENT_REQUESTS: '1' });
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const taken = pay(service);
    await begun.opened;
    await Promise.all(Array.from({ length: 50 }, () => pay(service)));
    go.open();
    await taken;
    const lines = service.logged.filter(({ msg }) => msg.includes('refusing some'));
    expect(lines).toHaveLength(1);
    expect(service.logged.filter(({ msg }) => msg.includes('answered with 503'))).toEqual([]);
  });
});

it.each(['0', '-1', '1.5', 'many'])('a service does not start with a limit of %s', async (limit) => {
  await expect(started({ MAX_CONCURRENT_REQUESTS: limit })).rejects.toThrow(
    `MAX_CONCURRENT_REQUESTS is "${limit}": it must be a number`,
  );
});

it('a service that adapts begins with 100', async () => {
  await using service = await started({ MAX_CONCURRENT_REQUESTS: 'adaptive' });
  expect(await pay(service)).toMatchObject({ status: 201 });
  expect(await metric(service, 'http_server_concurrency_limit')).toBe(100);
});

it('connections beyond their limit are closed at once, and those within go on', async () => {
  await using service = await started({ MAX_CONNECTIONS: '3' });
  const { hostname, port } = new URL(service.url);
  const sockets = Array.from({ length: 3 }, () => connect(Number(port), hostname));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const [one] = sockets;
  one!.write(
    'POST /payments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n',
  );
  // the service has begun to read it
  await once(one!, 'data');
  const fourth = connect(Number(port), hostname);
  const ended = Promise.race([once(fourth, 'close'), once(fourth, 'error')]);
  fourth.resume();
  await ended;
  one!.write('{"orderId":7}');
  let text = '';
  one!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(one!, 'close');
  expect(text).toMatch(/^HTTP\/1.1 201 /);
  for (const socket of sockets) socket.destroy();
  // there is room again
  await until(
    () => pay(service).catch(() => ({ status: 0 })),
    ({ status }) => status === 201,
  );
  const { text: metrics } = await service.request('GET', '/actuator/prometheus');
  expect(metrics).toMatch(/http_server_shed_total\{what="connection",application="till"\} [1-9]/);
});

it('a probe gets in although idle connections have used up their limit', async () => {
  await using service = await started({ MAX_CONNECTIONS: '3' });
  const { hostname, port } = new URL(service.url);
  const probe = 'GET /actuator/health/liveness HTTP/1.1\r\nHost: x\r\n\r\n';
  const idle = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.write(probe);
      await once(socket, 'data');
      return socket;
    }),
  );
  const ask = async () => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()).includes('UP') && socket.destroy());
    socket.on('error', () => {});
    socket.write(probe);
    await new Promise((resolve) => socket.once('close', resolve));
    return text.slice(9, 12);
  };
  // the one that is refused makes room for the next
  expect(await until(ask, (status) => status === '200')).toBe('200');
  for (const socket of idle) socket.destroy();
});

it('a crowd of 2,000 that comes at once is answered: some are served, the rest are told to come again', async () => {
  await using service = await started({ MAX_CONCURRENT_REQUESTS: '50' });
  const { hostname, port } = new URL(service.url);
  const ask = async () => {
    const socket = connect(Number(port), hostname);
    socket.write('GET /payments HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'close');
    return Number(answer.slice(9, 12));
  };
  const statuses = await Promise.all(Array.from({ length: 2_000 }, ask));
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(statuses).toContain(200);
  expect(await pay(service)).toMatchObject({ status: 201 });
  expect(await metric(service, 'http_server_concurrency')).toBe(0);
}, 30_000);
