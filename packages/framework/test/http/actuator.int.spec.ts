import { afterEach, describe, expect, it } from 'vitest';
import type { ActuatorSource, LogLevel, RedriveTarget } from '../../src/http/actuator/actuator-source.js';
import type { RecordToPark } from '../../src/store/parking-lot.js';
import { send } from './client.js';
import { type Shop, openShop } from './shop.js';

const open: Shop[] = [];
async function shopWith(actuator: Partial<ActuatorSource>): Promise<Shop> {
  const shop = await openShop({ actuator });
  open.push(shop);
  return shop;
}
afterEach(async () => {
  for (const shop of open.splice(0)) await shop[Symbol.asyncDispose]();
});

const get = (shop: Shop, path: string) => send(shop.app, 'GET', path);

const UP = {
  name: 'up',
  description: 'Whether it is up',
  measurements: [{ name: 'up', tags: {}, value: 1 }],
};

describe('health', () => {
  it('is 200 while it is UP, and 503 else, with its components', async () => {
    let status: 'UP' | 'DOWN' | 'OUT_OF_SERVICE' = 'UP';
    const shop = await shopWith({
      health: () => Promise.resolve({ status, components: { broker: { status, details: { lag: 7 } } } }),
      readiness: () => Promise.resolve({ status: status === 'UP' ? 'UP' : 'OUT_OF_SERVICE' }),
    });
    expect(await get(shop, '/actuator/health')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: { status: 'UP', components: { broker: { status: 'UP', details: { lag: 7 } } } },
    });
    status = 'DOWN';
    expect(await get(shop, '/actuator/health')).toMatchObject({
      status: 503,
      body: { status: 'DOWN', components: { broker: { status: 'DOWN' } } },
    });
    expect(await get(shop, '/actuator/health/readiness')).toMatchObject({
      status: 503,
      body: { status: 'OUT_OF_SERVICE' },
    });
    expect(await get(shop, '/actuator/health/liveness')).toMatchObject({
      status: 200,
      body: { status: 'UP' },
    });
  });

  it('answers while the service starts and drains', async () => {
    const shop = await shopWith({});
    for (const phase of ['starting', 'draining'] as const) {
      shop.phase = phase;
      for (const path of ['', '/health', '/health/liveness', '/health/readiness', '/info']) {
        expect(await get(shop, `/actuator${path}`)).toMatchObject({ status: 200 });
      }
    }
  });
});

describe('the index', () => {
  it('links what is there, and what is not there is 404', async () => {
    const shop = await shopWith({});
    const { body } = await get(shop, '/actuator');
    expect(Object.keys(body._links)).toEqual([
      'self',
      'health',
      'health-liveness',
      'health-readiness',
      'info',
    ]);
    expect(body._links.health).toEqual({ href: 'http://shop:8080/actuator/health', templated: false });
    for (const path of ['prometheus', 'loggers', 'parked', 'outbox']) {
      expect(await get(shop, `/actuator/${path}`)).toMatchObject({ status: 404 });
    }
  });

  it('has every part that the service has', async () => {
    const shop = await shopWith({
      metrics: {
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        text: () => Promise.resolve('up 1\n'),
        names: () => ['up'],
        one: (name) => Promise.resolve(name === 'up' ? UP : undefined),
      },
      outbox: () => Promise.resolve({ pending: 3, oldestAgeSeconds: 1.5 }),
      loggers: { all: () => ({}), set() {} },
      parked: { lot: undefined as any, redrive: undefined as any },
    });
    const { body } = await get(shop, '/actuator');
    expect(Object.keys(body._links)).toEqual(
      expect.arrayContaining(['prometheus', 'outbox', 'loggers', 'parked']),
    );
    expect(await get(shop, '/actuator/prometheus')).toMatchObject({
      status: 200,
      text: 'up 1\n',
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    });
    expect((await get(shop, '/actuator/metrics')).body).toEqual({ names: ['up'] });
    expect((await get(shop, '/actuator/metrics/up')).body).toEqual(UP);
    expect((await get(shop, '/actuator/metrics/down')).status).toBe(404);
    expect((await get(shop, '/actuator/outbox')).body).toEqual({ pending: 3, oldestAgeSeconds: 1.5 });
    expect((await get(shop, '/actuator/info')).body).toEqual({ app: { name: 'shop' } });
  });
});

describe('loggers', () => {
  async function shopWithLoggers() {
    const levels = new Map<string, LogLevel | undefined>([
      ['ROOT', 'INFO'],
      ['relay', undefined],
    ]);
    const shop = await shopWith({
      loggers: {
        all: () =>
          Object.fromEntries(
            [...levels].map(([name, level]) => [
              name,
              { configuredLevel: level, effectiveLevel: level ?? levels.get('ROOT')! },
            ]),
          ),
        set: (name, level) => void levels.set(name, level),
      },
    });
    return shop;
  }

  it('are listed with their levels, all and one', async () => {
    const shop = await shopWithLoggers();
    expect((await get(shop, '/actuator/loggers')).body).toEqual({
      levels: ['OFF', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'],
      loggers: {
        ROOT: { configuredLevel: 'INFO', effectiveLevel: 'INFO' },
        relay: { effectiveLevel: 'INFO' },
      },
    });
    expect((await get(shop, '/actuator/loggers/ROOT')).body).toEqual({
      configuredLevel: 'INFO',
      effectiveLevel: 'INFO',
    });
    expect(await get(shop, '/actuator/loggers/nobody')).toMatchObject({ status: 404 });
    expect(await get(shop, '/actuator/loggers/constructor')).toMatchObject({ status: 404 });
  });

  it('get another level by POST, as Spring has it, and lose it by null', async () => {
    const shop = await shopWithLoggers();
    const set = (name: string, body: unknown, type = 'application/json') =>
      send(shop.app, 'POST', `/actuator/loggers/${name}`, body, { 'content-type': type });
    expect(await set('relay', { configuredLevel: 'DEBUG' })).toMatchObject({ status: 204, text: '' });
    expect((await get(shop, '/actuator/loggers/relay')).body).toEqual({
      configuredLevel: 'DEBUG',
      effectiveLevel: 'DEBUG',
    });
    expect(
      await set('relay', { configuredLevel: 'warn' }, 'application/vnd.spring-boot.actuator.v3+json'),
    ).toMatchObject({ status: 204 });
    expect((await get(shop, '/actuator/loggers/relay')).body.effectiveLevel).toBe('WARN');
    expect(await set('relay', { configuredLevel: null })).toMatchObject({ status: 204 });
    expect((await get(shop, '/actuator/loggers/relay')).body).toEqual({ effectiveLevel: 'INFO' });
    expect(await set('relay', { configuredLevel: 'LOUD' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/configuredLevel' }] },
    });
    expect(await set('nobody', { configuredLevel: 'DEBUG' })).toMatchObject({ status: 404 });
  });
});

describe('parked records', () => {
  const record = (
    handler: string,
    key: string | null,
    eventId: string,
    value: string | Uint8Array = '{"qty":1}',
  ): RecordToPark => ({
    handler,
    key,
    eventId,
    eventType: 'OrderPlaced',
    topic: 't',
    partition: 0,
    offset: 7,
    recordKey: key,
    headers: { ce_id: eventId },
    value: Buffer.from(value as string),
    timestamp: 1_700_000_000_000,
    reason: { code: 'DOMAIN_RULE', message: 'no' },
    attempts: 5,
  });

  async function shopWithParked() {
    const redriven: RedriveTarget[] = [];
    // the store is there before its routes are asked
    const parked = {
      get lot() {
        return shop.store.parking;
      },
      redrive: (target: RedriveTarget) => {
        redriven.push(target);
        return Promise.resolve({
          done: 1,
          remaining: 2,
          failures: [{ handler: 'h', key: 'k', position: 1, code: 'X', message: 'still no' }],
        });
      },
    };
    const shop: Shop = await shopWith({ parked });
    await shop.store.parking.park(record('Policies/pay', 'order 1/ü', 'a'));
    await shop.store.parking.park(record('Policies/pay', 'order 1/ü', 'b'));
    await shop.store.parking.park(record('Policies/pay', null, 'c', new Uint8Array([0xff, 0x00])));
    return { shop, redriven };
  }
  const root = '/actuator/parked';
  const pay = `${root}/Policies%2Fpay`;
  const keyPath = `${pay}/keys/order%201%2F%C3%BC`;
  const pathOf = (href: string) => href.replace('http://shop:8080', '');

  it('are listed by key, with the reason, and links that lead on', async () => {
    const { shop } = await shopWithParked();
    const { body } = await get(shop, root);
    expect(body).toMatchObject({
      total: 2,
      _links: { redrive: { href: `http://shop:8080${root}/redrive` } },
    });
    expect(body.keys).toMatchObject([
      {
        handler: 'Policies/pay',
        key: 'order 1/ü',
        records: 2,
        reason: { code: 'DOMAIN_RULE', message: 'no' },
        parkedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      },
      { handler: 'Policies/pay', key: null, records: 1 },
    ]);
    expect(pathOf(body.keys[0]._links.self.href)).toBe(keyPath);
    for (const key of body.keys)
      expect(await get(shop, pathOf(key._links.self.href))).toMatchObject({ status: 200 });
  });

  it('are listed page by page', async () => {
    const { shop } = await shopWithParked();
    const first = (await get(shop, `${root}?size=1`)).body;
    expect(first.keys).toHaveLength(1);
    const second = (await get(shop, pathOf(first._links.next.href))).body;
    expect(second.keys).toMatchObject([{ key: null }]);
    const third = (await get(shop, pathOf(second._links.next.href))).body;
    expect(third.keys).toEqual([]);
    expect(third._links).not.toHaveProperty('next');
    const records = (await get(shop, `${keyPath}?size=1`)).body;
    expect(records.records).toMatchObject([{ eventId: 'a' }]);
    expect((await get(shop, pathOf(records._links.next.href))).body.records).toMatchObject([
      { eventId: 'b' },
    ]);
  });

  it('of a key are shown in their order, with payload and reason; bytes that are no text as base64', async () => {
    const { shop } = await shopWithParked();
    const { body } = await get(shop, keyPath);
    expect(body.records).toMatchObject([
      {
        eventId: 'a',
        payload: '{"qty":1}',
        headers: { ce_id: 'a' },
        reason: { code: 'DOMAIN_RULE' },
        attempts: 5,
        timestamp: '2023-11-14T22:13:20.000Z',
      },
      { eventId: 'b' },
    ]);
    const { keys } = (await get(shop, root)).body;
    const alone = (await get(shop, pathOf(keys[1]._links.self.href))).body;
    expect(alone).toMatchObject({ eventId: 'c', key: null, payloadBase64: '/wA=' });
    expect(alone).not.toHaveProperty('payload');
    expect(await get(shop, pathOf(body.records[1]._links.self.href))).toMatchObject({
      body: { eventId: 'b' },
    });
  });

  it('that are not there are 404', async () => {
    const { shop } = await shopWithParked();
    const [{ position }] = (await get(shop, keyPath)).body.records;
    for (const path of [
      `${pay}/keys/nobody`,
      `${root}/nobody/keys/order%201`,
      `${keyPath}/records/999`,
      `${pay}/records/999`,
      `${pay}/records/${position}`,
    ]) {
      expect([path, (await get(shop, path)).status]).toEqual([path, 404]);
    }
    expect(await send(shop.app, 'DELETE', `${keyPath}/records/999`)).toMatchObject({ status: 404 });
    expect(await send(shop.app, 'DELETE', keyPath)).toMatchObject({ status: 405 });
  });

  it('are redriven by key, one without a key by its position, or all', async () => {
    const { shop, redriven } = await shopWithParked();
    const { keys } = (await get(shop, root)).body;
    for (const { _links } of keys) {
      expect(await send(shop.app, 'POST', pathOf(_links.redrive.href))).toMatchObject({
        status: 200,
        body: { done: 1, remaining: 2, failures: [{ code: 'X' }] },
      });
    }
    await send(shop.app, 'POST', `${root}/redrive`);
    expect(redriven).toEqual([
      { handler: 'Policies/pay', key: 'order 1/ü' },
      { handler: 'Policies/pay', position: keys[1].position },
      'all',
    ]);
  });

  it('are dropped one by one, and stay away', async () => {
    const { shop } = await shopWithParked();
    const { records } = (await get(shop, keyPath)).body;
    const path = pathOf(records[0]._links.self.href);
    expect(await send(shop.app, 'DELETE', path)).toMatchObject({ status: 204 });
    expect(await send(shop.app, 'DELETE', path)).toMatchObject({ status: 404 });
    expect((await get(shop, keyPath)).body.records).toMatchObject([{ eventId: 'b' }]);
    const { keys } = (await get(shop, root)).body;
    expect(
      await send(shop.app, 'DELETE', pathOf(keys.find((key: any) => key.key === null)._links.self.href)),
    ).toMatchObject({ status: 204 });
    expect((await get(shop, root)).body).toMatchObject({ total: 1 });
    // the broker may deliver it once more: for its handler it is done
    const inbox = { handler: 'Policies/pay', eventId: 'c', key: null };
    expect(await shop.store.commit({ id: 'again', changes: [], events: [], inbox })).toEqual({
      kind: 'duplicate',
    });
  });
});
