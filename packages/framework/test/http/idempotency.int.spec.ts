import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommitUnknownError, StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { ambient } from '../../src/model/ambient.js';
import type { UnitOfWork } from '../../src/runtime/unit-of-work.js';
import type { Store } from '../../src/store/store.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { startTestService } from '../../src/testing/service-harness.js';
import type { TestAnswer } from '../../src/testing/harness/request.js';
import type { TestService } from '../../src/testing/test-service.js';
import { until } from '../fixtures/until.js';
import { exchangeBytes as exchange } from './raw-socket.js';
import { Paid, Payment, during, newRules, till } from './till.js';

let store: FaultyStore;
let service: TestService;
beforeEach(async () => {
  service = await startTestService(till, { engines: { store: (own) => (store = new FaultyStore(own)) } });
});
afterEach(async () => {
  newRules();
  await service[Symbol.asyncDispose]();
});

const keyed = (key: string, more: Readonly<Record<string, string>> = {}) => ({
  'idempotency-key': key,
  ...more,
});
const pay = (key: string, orderId = 7, on = service) =>
  on.request<any>('POST', '/payments', { orderId }, keyed(key));
/** All of an answer that its client can see, the names of this very exchange aside. */
const seen = ({ status, headers, text }: TestAnswer<unknown>) => ({
  status,
  text,
  headers: Object.fromEntries(
    [...headers].filter(([name]) => !['date', 'x-correlation-id', 'idempotent-replayed'].includes(name)),
  ),
});
/** A store in which something comes between the first look for a record and what is done then. */
const afterFirstLook = (own: Store, between: () => Promise<void>): Store => {
  let looks = 0;
  const requests = new Proxy(own.requests, {
    get: (target, name) =>
      name === 'find'
        ? async (key: string) => {
            const found = await target.find(key);
            if (++looks === 1) await between();
            return found;
          }
        : bound(target, name),
  });
  return new Proxy(own, {
    get: (target, name) => (name === 'requests' ? requests : bound(target, name)),
  });
};
const bound = (target: object, name: string | symbol): unknown => {
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
};
const isReplayed = ({ headers }: TestAnswer<unknown>) => headers.get('idempotent-replayed') === 'true';

describe('a request with a key that is sent again', () => {
  it('gets the first answer, marked, and takes effect once', async () => {
    let runs = 0;
    during.pay = () => runs++;
    const first = await pay('a');
    expect(first).toMatchObject({ status: 201, body: { id: 1, orderId: 7, status: 'approved' } });
    expect(isReplayed(first)).toBe(false);
    // as it was answered, whatever has become of it
    await service.request('PATCH', '/payments/1', { status: 'settled' });
    const again = await pay('a');
    expect(isReplayed(again)).toBe(true);
    expect(seen(again)).toEqual(seen(first));
    expect(again.headers.get('etag')).toBe('"1"');
    expect(again.headers.get('location')).toBe(`${service.url}/payments/1`);
    expect(runs).toBe(1);
    expect(await service.stored(Payment)).toHaveLength(1);
    expect(await service.published(Paid)).toHaveLength(1);
  });

  it('is told again which services the answer was made without', async () => {
    during.pay = () => (ambient.getStore()!.unit as UnitOfWork).origin.fallbacks!.add('stock.of');
    const answers = [await pay('a'), await pay('a')];
    expect(answers.map(({ headers }) => headers.get('x-fallback'))).toEqual(['stock.of', 'stock.of']);
  });

  it('gets it also after the service was started anew', async () => {
    const first = await pay('a');
    await service.stop();
    await using again = await startTestService(till, { folder: service.folder });
    const answer = await pay('a', 7, again);
    expect({ ...answer.body, _links: undefined }).toEqual({ ...first.body, _links: undefined });
    expect([answer.status, isReplayed(answer)]).toEqual([201, true]);
    expect(await again.stored(Payment)).toHaveLength(1);
  });

  it('gets it without a body, if the first had none', async () => {
    const bare = async () => {
      const answer = await exchange(
        service.url,
        'POST /payments HTTP/1.1\r\nHost: x\r\nIdempotency-Key: a\r\nContent-Type: application/json\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{"orderId":7}',
      );
      return answer.replaceAll(/^(date|x-correlation-id|idempotent-replayed): .*\r\n/gim, '');
    };
    const first = await bare();
    expect(first).toMatch(/^HTTP\/1.1 201 /);
    expect(await bare()).toBe(first);
    expect(await service.stored(Payment)).toHaveLength(1);
  });

  it.each([
    ['PUT', '/payments/1', { orderId: 8, reminders: 1 }, 200],
    ['PATCH', '/payments/1', { reminders: 1 }, 200],
    ['POST', '/payments/1/remind', undefined, 200],
    ['DELETE', '/payments/1', undefined, 204],
  ])('changes by %s %s once', async (method, path, body, status) => {
    await pay('first');
    const answers: TestAnswer<unknown>[] = [];
    for (let i = 0; i < 3; i++) answers.push(await service.request(method, path, body, keyed('b')));
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
    expect(answers.map(isReplayed)).toEqual([false, true, true]);
    expect(answers.map(seen)).toEqual(Array.from({ length: 3 }, () => seen(answers[0]!)));
    const versions = (await service.stored(Payment)).map(({ version }) => version);
    expect(versions).toEqual(method === 'DELETE' ? [] : [2]);
  });

  it('may be spelt in another way, if it means the same', async () => {
    await pay('a');
    const spaced = await service.request('POST', '/payments', '{ "orderId" : 7 }', {
      ...keyed('a'),
      'content-type': 'application/json; charset=utf-8',
    });
    expect([spaced.status, isReplayed(spaced)]).toEqual([201, true]);
  });

  it('is 422 when it asks for something else, and does nothing', async () => {
    await pay('a');
    const reused = { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } };
    expect(await pay('a', 8)).toMatchObject(reused);
    expect(await service.request('POST', '/notes', { text: 'x' }, keyed('a'))).toMatchObject(reused);
    // the same body, and the same path
    await service.request('PATCH', '/payments/1', { orderId: 7 }, keyed('b'));
    expect(await service.request('PUT', '/payments/1', { orderId: 7 }, keyed('b'))).toMatchObject(reused);
    expect(await service.stored(Payment)).toMatchObject([{ orderId: 7, version: 1 }]);
  });

  it('is tried anew when the first was refused, because nothing has happened', async () => {
    expect(await service.request('POST', '/payments', { orderId: 'x' }, keyed('a'))).toMatchObject({
      status: 400,
    });
    expect(await pay('a')).toMatchObject({ status: 201, body: { id: expect.any(Number) } });
    expect(await service.request('POST', '/payments/99/remind', undefined, keyed('b'))).toMatchObject({
      status: 404,
    });
    expect(await service.stored(Payment)).toHaveLength(1);
  });

  it('is tried anew when the commit of the first failed: its answer was not kept without its change', async () => {
    store.failNext('commit', new StoreUnavailableError('till'));
    expect(await pay('a')).toMatchObject({ status: 503 });
    expect(await service.stored(Payment)).toEqual([]);
    const second = await pay('a');
    expect([second.status, isReplayed(second)]).toEqual([201, false]);
    expect(await service.stored(Payment)).toHaveLength(1);
  });
});

describe('the answer to a request with a key', () => {
  it('is forgotten after its time; then the request is a new one', async () => {
    await pay('a');
    await service.stop();
    const settings = { IDEMPOTENCY_RETENTION_MS: '1' };
    await using again = await startTestService(till, { folder: service.folder, settings });
    const answer = await until(
      () => pay('a', 7, again),
      (one) => !isReplayed(one),
    );
    expect(answer.status).toBe(201);
    expect(await again.stored(Payment)).toHaveLength(2);
  });
});

describe('a request with a key whose answer was lost', () => {
  it('is told when it comes again that it was done', async () => {
    store.failNext('commit', new CommitUnknownError('till', 'a plan'), { after: true });
    expect(await pay('a')).toMatchObject({ status: 503, body: { code: 'STORE_COMMIT_UNKNOWN' } });
    const again = await pay('a');
    expect([again.status, isReplayed(again)]).toEqual([201, true]);
    expect(await service.stored(Payment)).toHaveLength(1);
  });
});

describe('requests with one key at the same time', () => {
  it('are refused with 409 while the first is under way', async () => {
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const first = pay('a');
    await begun.opened;
    const second = await pay('a');
    expect(second).toMatchObject({ status: 409, body: { code: 'REQUEST_RUNNING' } });
    expect(second.headers.get('retry-after')).toBe('1');
    // others are none of its business
    during.pay = () => {};
    expect(await pay('b')).toMatchObject({ status: 201 });
    go.open();
    expect(await first).toMatchObject({ status: 201 });
    expect(await pay('a')).toMatchObject({ status: 201, body: (await first).body });
  });

  it('make one aggregate, however many there are', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay('a')));
    const made = answers.filter(({ status }) => status === 201);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(made.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    expect(await service.stored(Payment)).toHaveLength(1);
    expect(await service.published(Paid)).toHaveLength(1);
  });

  it('at two replicas make one: the slower gives the answer of the faster', async () => {
    await using replica = await startTestService(till, { folder: service.folder });
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const slower = pay('a');
    await begun.opened;
    during.pay = () => {};
    const faster = await pay('a', 7, replica);
    go.open();
    expect(isReplayed(faster)).toBe(false);
    expect(isReplayed(await slower)).toBe(true);
    expect((await slower).text).toBe(faster.text);
    expect(await service.stored(Payment)).toHaveLength(1);
    expect(await replica.published(Paid)).toHaveLength(1);
  });

  it('at two replicas are answered alike also where the slower finds its work done', async () => {
    const [looked, go] = [new Latch(), new Latch()];
    await using replica = await startTestService(till, {
      folder: service.folder,
      engines: {
        store: (own) => afterFirstLook(own, () => (looked.open(), go.opened)),
      },
    });
    await pay('first');
    const remove = (on: TestService) =>
      on.request<any>('DELETE', '/payments/1', undefined, { 'idempotency-key': 'a' });
    const slower = remove(replica);
    await looked.opened;
    const faster = await remove(service);
    go.open();
    expect([faster.status, isReplayed(faster)]).toEqual([204, false]);
    expect([(await slower).status, isReplayed(await slower)]).toEqual([204, true]);
    // without a first one the error is the answer
    const other = await replica.request<any>('DELETE', '/payments/1', undefined, { 'idempotency-key': 'b' });
    expect(other.status).toBe(404);
  });
});

describe('a request with a key whose work never ends', () => {
  it('keeps the key until its time limit: then it can be repeated and taken back', async () => {
    await using short = await startTestService(till, { settings: { REQUEST_TIMEOUT_MS: '400' } });
    // the first one of all is slower than the others
    await pay('warm', 7, short);
    during.pay = () => new Latch().opened;
    expect(await pay('a', 7, short)).toMatchObject({ status: 503, body: { code: 'REQUEST_TIMEOUT' } });
    during.pay = () => {};
    expect(await pay('a', 7, short)).toMatchObject({ status: 201 });
    during.pay = () => new Latch().opened;
    expect(await pay('b', 7, short)).toMatchObject({ status: 503 });
    expect(await short.request('DELETE', '/payments/requests/b')).toMatchObject({ status: 204 });
    expect(await short.stored(Payment)).toHaveLength(2);
  });
});

describe('a key', () => {
  it.each([
    ['empty', ''],
    ['longer than 255', 'x'.repeat(256)],
    ['of two words', 'a b'],
    ['not ASCII', '\u00e9'],
  ])('that is %s is 400, and nothing is done', async (_, key) => {
    expect(await pay(key)).toMatchObject({ status: 400, body: { code: 'BAD_IDEMPOTENCY_KEY' } });
    expect(await service.stored(Payment)).toEqual([]);
  });

  it('may have 255 visible ASCII characters', async () => {
    const key = '!"#/%~'.padEnd(255, 'x');
    expect(await pay(key)).toMatchObject({ status: 201 });
    expect(isReplayed(await pay(key))).toBe(true);
  });

  it('that is not there costs nothing: no record is looked for', async () => {
    store.failNext('requests.find', new StoreUnavailableError('till'));
    expect(await service.request('POST', '/payments', { orderId: 7 })).toMatchObject({ status: 201 });
    expect(await pay('a')).toMatchObject({ status: 503 });
  });
});
