import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/kernel/errors/model-errors.js';
import {
  DeadlineExceededError,
  RemoteCallAbortedError,
  RemoteRefusedError,
  RemoteTimeoutError,
} from '../../src/kernel/errors/remote-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { httpStatusOf } from '../../src/http/http-status.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { inUnit, wiredClient } from '../fixtures/wired-client.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get } from '../../src/model/http-operation.js';
import { failureOf } from '../fixtures/failure-of.ts';
import { OK, Payments, SEEN, keysOf, returns } from '../fixtures/payments.ts';

describe('an attempt', () => {
  it('that takes too long is made again with the same key, and the call succeeds', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    let isFirst = true;
    payment.answers(() => {
      if (!isFirst) return OK;
      isFirst = false;
      return new Promise(() => {});
    });
    await expect(wired.client.hold()).resolves.toEqual({ id: 1 });
    const [first, second] = payment.requests;
    expect(first!.headers['idempotency-key']).toBe(second!.headers['idempotency-key']);
    // the other service need not go on with what nobody waits for
    expect(Number(first!.headers['x-request-timeout-ms'])).toBeLessThanOrEqual(100);
    expect(wired.outcomes).toEqual(['payment.hold OK']);
  });

  it('that is told that the one before is under way is made again; the last one says 503 to our caller', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    const running = { status: 409, body: { status: 409, code: 'REQUEST_RUNNING' } };
    const headers = { 'content-type': 'application/problem+json' };
    payment.answers({ ...running, headers });
    const failure = await failureOf(wired.client.hold());
    expect(payment.requests).toHaveLength(2);
    expect(failure).toMatchObject({ code: 'REMOTE_REFUSED', retriable: true });
    expect(httpStatusOf(failure)).toMatchObject({ status: 503 });
  });

  it('ends with its call', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(() => new Promise(() => {}));
    const begin = performance.now();
    const failure = await failureOf(wired.client.hold({ timeoutMs: 30 }));
    expect(failure).toBeInstanceOf(RemoteTimeoutError);
    expect((failure as Error).message).toContain('30 ms');
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(payment.requests).toHaveLength(1);
  });
});

describe('a call that fails', () => {
  it('is made again where that is safe, for as long as the failure may pass', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(() => (payment.requests.length < 3 ? { status: 503 } : OK));
    expect(await wired.client.read()).toEqual({ id: 1 });
    expect(payment.requests).toHaveLength(3);
    expect(wired.retried).toEqual(['payment.read', 'payment.read']);
    expect(wired.outcomes).toEqual(['payment.read OK']);
  });

  it.each(['replace', 'remove'] as const)('is made again with the same key: %s', async (operation) => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(() => ({ status: payment.requests.length < 3 ? 503 : 204 }));
    await wired.client[operation]();
    expect(new Set(keysOf(payment)).size).toBe(1);
    expect(payment.requests).toHaveLength(3);
  });

  it('is not made again for a write that does not say so itself', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 503 });
    await expect(wired.client.approve({ qty: 1 })).rejects.toThrow(RemoteRefusedError);
    await expect(wired.client.change()).rejects.toThrow(RemoteRefusedError);
    expect(payment.requests).toHaveLength(2);
    await expect(wired.client.again()).rejects.toThrow(RemoteRefusedError);
    expect(payment.requests).toHaveLength(4);
    expect(keysOf(payment)[2]).toBe(keysOf(payment)[3]);
  });

  it('is made again at another address', async () => {
    await using broken = await startStandIn();
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [broken.url, payment.url]);
    broken.answers({ status: 500 });
    payment.answers(OK);
    for (let i = 0; i < 4; i++) expect(await wired.client.read()).toEqual({ id: 1 });
    expect(payment.requests).toHaveLength(4);
    expect(broken.requests).toHaveLength(2);
  });

  it('is told of to the addresses: one that fails too often is left alone', async () => {
    @FeignClient({ name: 'payment', retry: { attempts: 2, baseMs: 1 }, outliers: { failures: 1 } })
    class Strict {
      readonly read = get('/payments/1', { returns });
    }
    await using broken = await startStandIn();
    await using payment = await startStandIn();
    await using wired = wiredClient(Strict, [broken.url, payment.url]);
    broken.answers({ status: 500 });
    payment.answers(OK);
    for (let i = 0; i < 6; i++) await wired.client.read();
    expect(broken.requests).toHaveLength(1);
    expect(wired.caller.all()[0]!.targets).toMatchObject([{ isEjected: true }, { isEjected: false }]);
  });

  it('is made at another address where one refuses the connection, also a write', async () => {
    await using payment = await startStandIn();
    const { url } = await startStandIn().then(async (gone) => (await gone[Symbol.asyncDispose](), gone));
    await using wired = wiredClient(Payments, [url, payment.url]);
    payment.answers(OK);
    for (let i = 0; i < 6; i++) expect(await wired.client.approve({ qty: 1 })).toEqual({ id: 1 });
    expect(payment.requests).toHaveLength(6);
    expect(wired.retried.length).toBeGreaterThan(0);
  });

  it('is not made again when the other service has failed because of one that it calls', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers({ status: 503, body: { code: 'REMOTE_TIMEOUT' } });
    await expect(wired.client.read()).rejects.toThrow(RemoteRefusedError);
    expect(payment.requests).toHaveLength(1);
  });

  it('passes its interceptors with each attempt', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(() => (payment.requests.length < 2 ? { status: 503 } : OK));
    SEEN.length = 0;
    await wired.client.read();
    expect(SEEN).toEqual([`${payment.url}/payments/1`, `${payment.url}/payments/1`]);
    expect(payment.requests.map(({ headers }) => headers['seal'])).toEqual(['wax', 'wax']);
  });
});

describe('the key of a call', () => {
  it('is a new one for each write, unless the caller gives one; a read has none', async () => {
    await using payment = await startStandIn();
    await using wired = wiredClient(Payments, [payment.url]);
    payment.answers(OK);
    await wired.client.approve({ qty: 1 });
    await wired.client.approve({ qty: 1 });
    await wired.client.approve({ qty: 1 }, { idempotencyKey: 'order-1' });
    await wired.client.change();
    await wired.client.read();
    const [first, second, third, fourth, fifth] = keysOf(payment);
    for (const key of [first, second, fourth]) expect(key).toMatch(/^[\w-]{36}$/);
    expect(first).not.toBe(second);
    expect([third, fifth]).toEqual(['order-1', undefined]);
  });

  it.each(['', 'a b', 'a\nb', 'x'.repeat(256)])(
    'that no header can carry is refused: %j',
    async (idempotencyKey) => {
      await using payment = await startStandIn();
      await using wired = wiredClient(Payments, [payment.url]);
      await expect(wired.client.approve({ qty: 1 }, { idempotencyKey })).rejects.toThrow(InvalidInputError);
      expect(payment.requests).toEqual([]);
    },
  );
});

describe('the time of the caller', () => {
  it('that is over begins no call', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    const late = failureOf(inUnit({ deadline: clock.now() }, () => wired.client.read()));
    expect(await late).toBeInstanceOf(DeadlineExceededError);
    wired.caller.force('payment.read', 'open');
    const gone = inUnit({ signal: AbortSignal.abort('gone') }, () => wired.client.read());
    await expect(gone).rejects.toThrow(RemoteCallAbortedError);
    expect(payment.requests).toEqual([]);
    expect(wired.caller.all()[0]!.operations[0]).toMatchObject({ calls: 0, refused: 0 });
    expect(wired.outcomes).toEqual(['payment.read DEADLINE_EXCEEDED', 'payment.read REMOTE_CALL_ABORTED']);
  });

  it('is told to the other service: what is left of it, or the limit of the call', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    payment.answers(OK);
    await inUnit({ deadline: clock.now() + 700 }, () => wired.client.read());
    await inUnit({ deadline: clock.now() + 7_000 }, () => wired.client.read());
    await wired.client.read({ timeoutMs: 80 });
    const told = payment.requests.map(({ headers }) => headers['x-request-timeout-ms']);
    expect(told).toEqual(['700', '5000', '80']);
  });

  it('ends a call that is under way', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    const asked = new Latch();
    payment.answers(() => (asked.open(), new Promise(() => {})));
    const calling = failureOf(inUnit({ deadline: clock.now() + 700 }, () => wired.client.read()));
    await asked.opened;
    await clock.advance(700);
    expect(await calling).toBeInstanceOf(RemoteTimeoutError);
  });

  it('that ends a call counts as a timeout of the other service, whoever notices first', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    const asked = new Latch();
    payment.answers(() => (asked.open(), new Promise(() => {})));
    const request = new AbortController();
    const origin = { deadline: clock.now() + 700, signal: request.signal };
    const calling = failureOf(inUnit(origin, () => wired.client.read()));
    await asked.opened;
    await clock.advance(695);
    request.abort(new Error('the request takes too long'));
    expect(await calling).toBeInstanceOf(RemoteTimeoutError);
  });

  it('that is over while a call waits for its turn is no timeout of the other service', async () => {
    await using payment = await startStandIn();
    const clock = new ManualClock();
    await using wired = wiredClient(Payments, [payment.url], { clock });
    const [asked, gate] = [new Latch(), new Latch()];
    payment.answers(async () => (asked.open(), await gate.opened, OK));
    const first = wired.client.queue();
    await asked.opened;
    const second = failureOf(wired.client.queue({ timeoutMs: 50 }));
    await clock.sleeping(3);
    await clock.advance(50);
    expect(await second).toBeInstanceOf(DeadlineExceededError);
    gate.open();
    await first;
    expect(payment.requests).toHaveLength(1);
  });

  it('ends a call whose interceptor never comes back', async () => {
    @FeignClient({ name: 'payment', timeoutMs: 30, interceptors: [() => new Promise(() => {})] })
    class Stuck {
      readonly read = get('/payments/1', { returns });
    }
    await using payment = await startStandIn();
    await using wired = wiredClient(Stuck, [payment.url]);
    await expect(wired.client.read()).rejects.toThrow(RemoteTimeoutError);
    expect(payment.requests).toEqual([]);
  });
});
