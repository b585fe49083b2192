import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { startTestService } from '../../src/testing/service-harness.js';
import type { TestService } from '../../src/testing/test-service.js';
import { Payment, during, newRules, till } from './till.js';

let service: TestService;
beforeEach(async () => {
  service = await startTestService(till);
});
afterEach(async () => {
  newRules();
  await service[Symbol.asyncDispose]();
});

const pay = (key: string, on = service) =>
  on.request('POST', '/payments', { orderId: 7 }, { 'idempotency-key': key });
const takeBack = (key: string, on = service, collection = 'payments') =>
  on.request('DELETE', `/${collection}/requests/${encodeURIComponent(key)}`);
const payments = () => service.stored(Payment);

const DONE = { status: 204, text: '' };
const WITHDRAWN = { status: 409, body: { code: 'REQUEST_WITHDRAWN' } };
const RUNNING = { status: 409, body: { code: 'REQUEST_RUNNING' } };

describe('taking a request back', () => {
  it('undoes what it has made, once, however often it is asked for', async () => {
    await pay('a');
    for (let i = 0; i < 3; i++) expect(await takeBack('a')).toMatchObject(DONE);
    expect(await payments()).toMatchObject([{ status: 'cancelled', version: 2 }]);
  });

  it('before it has come keeps it from ever happening', async () => {
    for (let i = 0; i < 2; i++) expect(await takeBack('a')).toMatchObject(DONE);
    for (let i = 0; i < 2; i++) expect(await pay('a')).toMatchObject(WITHDRAWN);
    expect(await payments()).toEqual([]);
  });

  it('keeps it from being answered as if it had been done', async () => {
    await pay('a');
    await takeBack('a');
    expect(await pay('a')).toMatchObject(WITHDRAWN);
    expect(await payments()).toHaveLength(1);
  });

  it('that may have been forgotten is refused and not called done: 409', async () => {
    const old = { 'idempotency-key-age': String(24 * 3_600) };
    const answer = await service.request('DELETE', '/payments/requests/a', undefined, old);
    expect(answer).toMatchObject({ status: 409, body: { code: 'REQUEST_FORGOTTEN' } });
    // and what is known is taken back however old it is
    await pay('a');
    const known = await service.request('DELETE', '/payments/requests/a', undefined, old);
    expect(known).toMatchObject(DONE);
    expect(await payments()).toMatchObject([{ status: 'cancelled' }]);
  });

  it('is known after the service was started anew', async () => {
    await pay('a');
    await takeBack('b');
    await service.stop();
    await using again = await startTestService(till, { folder: service.folder });
    expect(await takeBack('a', again)).toMatchObject(DONE);
    expect(await again.stored(Payment)).toMatchObject([{ status: 'cancelled' }]);
    expect(await pay('b', again)).toMatchObject(WITHDRAWN);
  });

  it('is refused while the request is under way: 409 with Retry-After', async () => {
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const paid = pay('a');
    await begun.opened;
    const early = await takeBack('a');
    expect(early).toMatchObject(RUNNING);
    expect(early.headers.get('retry-after')).toBe('1');
    go.open();
    expect(await paid).toMatchObject({ status: 201 });
    expect(await takeBack('a')).toMatchObject(DONE);
    expect(await payments()).toMatchObject([{ status: 'cancelled' }]);
  });

  it('wins over one that is under way at another replica', async () => {
    await using replica = await startTestService(till, { folder: service.folder });
    const [begun, go] = [new Latch(), new Latch()];
    during.pay = () => (begun.open(), go.opened);
    const late = pay('a');
    await begun.opened;
    expect(await takeBack('a', replica)).toMatchObject(DONE);
    go.open();
    expect(await late).toMatchObject(WITHDRAWN);
    expect(await payments()).toEqual([]);
  });

  it('undoes what another replica has committed meanwhile', async () => {
    await using replica = await startTestService(till, { folder: service.folder });
    await pay('a');
    const [begun, go] = [new Latch(), new Latch()];
    during.undo = () => (begun.open(), go.opened);
    const slower = takeBack('a');
    await begun.opened;
    during.undo = () => {};
    expect(await takeBack('a', replica)).toMatchObject(DONE);
    go.open();
    expect(await slower).toMatchObject(DONE);
    expect(await payments()).toMatchObject([{ status: 'cancelled', version: 2 }]);
  });

  it('is tried again when somebody else has changed the aggregate in between', async () => {
    await pay('a');
    let attempts = 0;
    during.undo = async () => {
      if (++attempts < 3) await service.request('POST', '/payments/1/remind');
    };
    expect(await takeBack('a')).toMatchObject(DONE);
    expect(attempts).toBe(3);
    expect(await payments()).toMatchObject([{ status: 'cancelled', reminders: 2 }]);
  });

  it('gives up, with an error, when others are faster again and again', async () => {
    await pay('a');
    during.undo = () => service.request('POST', '/payments/1/remind');
    expect(await takeBack('a')).toMatchObject(RUNNING);
    during.undo = () => {};
    expect(await takeBack('a')).toMatchObject(DONE);
  });

  it('has nothing to undo when what it has made is gone', async () => {
    await pay('a');
    await service.request('DELETE', '/payments/1');
    expect(await takeBack('a')).toMatchObject(DONE);
    expect(await pay('a')).toMatchObject(WITHDRAWN);
  });

  it('does nothing when the aggregate refuses to be undone', async () => {
    await pay('a');
    await service.request('PATCH', '/payments/1', { status: 'settled' });
    expect(await takeBack('a')).toMatchObject({ status: 409, body: { code: 'DOMAIN_RULE' } });
    expect(await pay('a')).toMatchObject({ status: 201 });
    expect(await payments()).toMatchObject([{ status: 'settled' }]);
  });

  it('takes any key that a request may have', async () => {
    const key = '!"#/%2F~?'.padEnd(255, 'x');
    await pay(key);
    expect(await takeBack(key)).toMatchObject(DONE);
    expect(await payments()).toMatchObject([{ status: 'cancelled' }]);
    expect(await takeBack('a b')).toMatchObject({ status: 400, body: { code: 'BAD_IDEMPOTENCY_KEY' } });
  });
});

describe('what cannot be taken back', () => {
  it('is a request that has made no such aggregate: 422', async () => {
    await pay('a');
    const key = { 'idempotency-key': 'b' };
    await service.request('PATCH', '/payments/1', { reminders: 3 }, key);
    await service.request('POST', '/notes', { text: 'x' }, { 'idempotency-key': 'c' });
    for (const one of ['b', 'c'])
      expect(await takeBack(one)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(await payments()).toMatchObject([{ status: 'approved', reminders: 3 }]);
  });

  it('is one for an aggregate that nothing undoes: there is no such path', async () => {
    expect(await takeBack('a', service, 'notes')).toMatchObject({ status: 404 });
  });
});

it('the way to take requests back is described', async () => {
  const options = await service.request('OPTIONS', '/payments/requests/a');
  expect([options.status, options.headers.get('allow')]).toEqual([200, 'DELETE, OPTIONS']);
  const { body } = await service.request<any>('GET', '/v3/api-docs');
  expect(body.paths['/payments/requests/{key}']).toMatchObject({
    parameters: [{ name: 'key', in: 'path', required: true }],
    delete: { operationId: 'take-back-payment', responses: { 204: {}, 409: {}, 422: {} } },
  });
  expect(Object.keys(body.paths)).not.toContain('/notes/requests/{key}');
  const headers = (path: string, method: string) =>
    body.paths[path][method].parameters?.map(({ name }: { name: string }) => name);
  expect(headers('/payments', 'post')).toEqual(['Idempotency-Key']);
  for (const method of ['put', 'patch', 'delete'])
    expect(headers('/payments/{id}', method)).toContain('Idempotency-Key');
  expect(headers('/payments/{id}/remind', 'post')).toContain('Idempotency-Key');
});
