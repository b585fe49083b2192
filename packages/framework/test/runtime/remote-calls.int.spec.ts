import { describe, expect, it } from 'vitest';
import { InvalidInputError, NoUnitOfWorkError } from '../../src/kernel/errors/model-errors.js';
import { RemoteRefusedError } from '../../src/kernel/errors/remote-errors.js';
import { inject } from '../../src/model/ambient.js';
import { defineService } from '../../src/model/service-definition.js';
import { continuedTrace } from '../../src/runtime/trace-context.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { openLab } from '../fixtures/lab.js';
import { notebook, takeNote } from '../fixtures/notebook.js';
import { PaymentClient, paymentClient } from '../fixtures/payment-client.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

describe('a remote call', () => {
  it('sends the checked body as JSON and gives the checked answer', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    payment.answers({ status: 201, body: { id: 7, more: true } });
    expect(await wired.client.approve({ orderId: 1, serial: 2n ** 63n, extra: 1 } as never)).toEqual({
      id: 7,
    });
    expect(payment.requests).toMatchObject([
      { method: 'POST', path: '/payments', body: { orderId: 1, serial: '9223372036854775808' } },
    ]);
    expect(payment.requests[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json, application/problem+json',
    });
    expect(wired.outcomes).toEqual(['payment.approve OK']);
  });

  it('sends no body and no content type where the operation has none', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    payment.answers({ status: 204 });
    expect(await wired.client.notify({ id: 1 })).toBeUndefined();
    expect(await wired.client.remove({ id: 1 })).toBeUndefined();
    expect(payment.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/payments/1/notices', ''],
      ['DELETE', '/payments/1', ''],
    ]);
    expect(payment.requests[0]!.headers).not.toHaveProperty('content-type');
  });

  it('brings the answer to the types of its schema', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    payment.answers({
      status: 200,
      body: '{"id":"7","at":"2026-01-01T00:00:00Z","serial":9007199254740993}',
    });
    expect(await wired.client.read({ id: 7 })).toEqual({
      id: 7,
      at: new Date(Date.UTC(2026, 0, 1)),
      serial: 9007199254740993n,
    });
  });

  it('encodes what it puts into the path', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(`${payment.url}/api/`);
    payment.answers({ status: 200, body: { id: 1 } });
    await wired.client.line({ id: 1, name: 'a/b?c#d é%2e' });
    await wired.client.line({ id: 1, name: '...' });
    expect(payment.requests.map(({ path }) => path)).toEqual([
      '/api/payments/1/lines/a%2Fb%3Fc%23d%20%C3%A9%252e',
      '/api/payments/1/lines/...',
    ]);
  });

  it.each([
    ['nothing', '', 'is missing'],
    ['undefined', undefined, 'is missing'],
    ['a dot', '.', '. is no name'],
    ['two dots, which would be another path', '..', '.. is no name'],
  ])('refuses %s in the path before anything is sent', async (_, id, why) => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    const removing = wired.client.remove({ id: id as string });
    await expect(removing).rejects.toThrow(InvalidInputError);
    await expect(removing).rejects.toThrow(`the path of payment.remove is not valid: /id: ${why}`);
    expect(payment.requests).toEqual([]);
  });

  it('puts the query behind the path, lists repeated, instants as ISO, and leaves out what is absent', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    payment.answers({ status: 200, body: [] });
    await wired.client.search({ status: 'a b&c', since: new Date(0), tags: ['x', 'y'], by: null });
    await wired.client.search({ status: 'ü' });
    expect(payment.requests.map(({ path }) => path)).toEqual([
      '/payments/search/find?status=a+b%26c&page=0&since=1970-01-01T00%3A00%3A00.000Z&tags=x&tags=y',
      '/payments/search/find?status=%C3%BC&page=0',
    ]);
  });

  it('tells path, query and body apart', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    payment.answers({ status: 200, body: { id: 3 } });
    await wired.client.change({ id: 3, dry: true }, { cost: 5 });
    await wired.client.replace({ id: 3 }, { cost: 6 });
    expect(payment.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['PATCH', '/payments/3?dry=true', { cost: 5 }],
      ['PUT', '/payments/3', { cost: 6 }],
    ]);
  });

  it('with a body or a query that does not fit is refused before anything is sent', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    await expect(wired.client.approve({ orderId: -1 })).rejects.toThrow(
      /^the body of payment.approve is not valid: \/orderId: /,
    );
    await expect(wired.client.search({ status: 5 as never })).rejects.toThrow(
      /^the query of payment.search is not valid: \/status: /,
    );
    expect(payment.requests).toEqual([]);
    expect(wired.outcomes).toEqual(['payment.approve INVALID_INPUT', 'payment.search INVALID_INPUT']);
  });

  it('of a client that was made with new is an error that says so', async () => {
    const calling = new PaymentClient().approve({ orderId: 1 });
    await expect(calling).rejects.toThrow(NoUnitOfWorkError);
    await expect(calling).rejects.toThrow('POST /payments of a client that was made with new');
  });
});

describe('a remote call in a unit of work', () => {
  const service = defineService({ ...notebook, clients: [PaymentClient] });

  it('hands on the trace and the correlation id; outside of one there are none', async () => {
    using folder = temporaryFolder();
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    payment.answers({ status: 200, body: { id: 1 } });
    await using lab = await openLab(folder.path, service, {
      idle: true,
      environment: { PAYMENT_URL: payment.url },
    });
    const trace = continuedTrace(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
    await lab.run(() => inject(PaymentClient).read({ id: 1 }), { trace, correlationId: 'c-1' });
    await wired.client.read({ id: 1 });
    const [inside, outside] = payment.requests.map(({ headers }) => headers);
    expect(inside).toMatchObject({
      traceparent: `00-${'a'.repeat(32)}-${trace.spanId}-01`,
      'x-correlation-id': 'c-1',
    });
    expect(outside).not.toHaveProperty('traceparent');
    expect(outside).not.toHaveProperty('x-correlation-id');
  });

  it('that fails undoes the unit of work', async () => {
    using folder = temporaryFolder();
    await using payment = await startStandIn();
    payment.answers({ status: 503 });
    await using lab = await openLab(folder.path, service, {
      idle: true,
      environment: { PAYMENT_URL: payment.url },
    });
    const working = lab.run(async () => {
      takeNote('unpaid');
      await inject(PaymentClient).approve({ orderId: 1 });
    });
    await expect(working).rejects.toThrow(RemoteRefusedError);
    expect(await lab.rows('notes')).toEqual([]);
  });
});
