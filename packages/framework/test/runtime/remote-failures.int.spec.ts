import { describe, expect, it } from 'vitest';
import {
  RemoteBadAnswerError,
  RemoteCallAbortedError,
  RemoteRefusedError,
  RemoteTimeoutError,
  RemoteUnreachableError,
} from '../../src/kernel/errors/remote-errors.js';
import { SkanuError } from '../../src/kernel/errors/skanu-error.js';
import { Latch } from '../../src/kernel/latch.js';
import { type StandInAnswer, startStandIn } from '../../src/testing/stand-in-server.js';
import { paymentClient } from '../fixtures/payment-client.js';
import { startRawServer } from '../fixtures/raw-server.js';

/** What a call of `read` throws. */
async function failureAt(
  url: string,
  options?: { timeoutMs?: number; signal?: AbortSignal },
): Promise<SkanuError> {
  await using wired = paymentClient(url);
  const failure = await wired.client.read({ id: 1 }, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(SkanuError);
  expect(wired.outcomes).toEqual([`payment.read ${(failure as SkanuError).code}`]);
  return failure as SkanuError;
}

async function failureOf(answer: StandInAnswer): Promise<SkanuError> {
  await using payment = await startStandIn();
  payment.answers(answer);
  return await failureAt(payment.url);
}

describe('a service that cannot be reached', () => {
  it('is one where nothing listens', async () => {
    const { url } = await startStandIn().then(async (gone) => (await gone[Symbol.asyncDispose](), gone));
    const failure = await failureAt(url);
    expect(failure).toBeInstanceOf(RemoteUnreachableError);
    expect(failure).toMatchObject({
      retriable: true,
      message: `payment.read did not reach ${url}/payments/1`,
    });
    expect(failure.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is one whose host does not exist', async () => {
    const failure = await failureAt('http://no-such-host.invalid');
    expect(failure).toBeInstanceOf(RemoteUnreachableError);
    expect(failure.retriable).toBe(true);
  });

  it.each([
    ['before its answer', ''],
    ['in the middle of its headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    [
      'in the middle of its body',
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"id":',
    ],
  ])('is one that breaks off %s', async (_, bytes) => {
    await using payment = await startRawServer((socket) => void socket.end(bytes));
    expect(await failureAt(payment.url)).toBeInstanceOf(RemoteUnreachableError);
  });
});

describe('a service that does not answer in time', () => {
  it('is given up at the limit of the client, or of the call', async () => {
    await using payment = await startStandIn();
    const gate = new Latch();
    payment.answers(async () => (await gate.opened, { status: 200, body: { id: 1 } }));
    const failure = await failureAt(payment.url, { timeoutMs: 30 });
    expect(failure).toBeInstanceOf(RemoteTimeoutError);
    expect(failure).toMatchObject({ retriable: true, message: 'payment.read got no answer within 30 ms' });
    gate.open();
  });

  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\nContent-Type: appl'],
    ['body', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"id":'],
  ])('is also one whose %s never end', async (_, bytes) => {
    await using payment = await startRawServer((socket) => void socket.write(bytes));
    expect(await failureAt(payment.url, { timeoutMs: 30 })).toBeInstanceOf(RemoteTimeoutError);
  });

  it('has its request cancelled', async () => {
    const closed = new Latch();
    await using payment = await startRawServer((socket) => void socket.on('close', () => closed.open()));
    await failureAt(payment.url, { timeoutMs: 30 });
    await closed.opened;
  });
});

describe('a call that its caller gives up', () => {
  it('ends at once, with the reason', async () => {
    const [asked, given] = [new Latch(), new AbortController()];
    await using payment = await startRawServer(() => asked.open());
    const failing = failureAt(payment.url, { signal: given.signal });
    await asked.opened;
    given.abort(new Error('the customer has gone'));
    const failure = await failing;
    expect(failure).toBeInstanceOf(RemoteCallAbortedError);
    expect(failure.cause).toMatchObject({ message: 'the customer has gone' });
  });

  it('before it began is not made', async () => {
    await using payment = await startStandIn();
    expect(await failureAt(payment.url, { signal: AbortSignal.abort() })).toBeInstanceOf(
      RemoteCallAbortedError,
    );
    expect(payment.requests).toEqual([]);
  });
});

describe('a service that refuses', () => {
  const problem = {
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    detail: 'already paid',
    code: 'DOMAIN_RULE',
  };

  it('is quoted with its problem document and its Retry-After', async () => {
    const headers = { 'content-type': 'application/problem+json', 'retry-after': '3' };
    const errors = [{ pointer: '/qty', detail: 'too big' }];
    const failure = await failureOf({ status: 409, headers, body: { ...problem, errors, trace: 'secret' } });
    expect(failure).toBeInstanceOf(RemoteRefusedError);
    expect(failure).toMatchObject({
      status: 409,
      retriable: false,
      retryAfter: '3',
      message: 'payment.read was refused with 409: already paid',
    });
    expect((failure as RemoteRefusedError).problem).toEqual({ ...problem, errors });
  });

  it.each([
    [400, false],
    [404, false],
    [408, true],
    [422, false],
    [429, true],
    [500, true],
    [503, true],
  ])('with %i is worth another attempt: %s', async (status, retriable) => {
    const failure = await failureOf({ status });
    expect(failure).toMatchObject({ code: 'REMOTE_REFUSED', status, retriable, problem: undefined });
    expect(failure.message).toBe(`payment.read was refused with ${status}`);
  });

  it.each<[string, StandInAnswer['body'], string, object | undefined]>([
    ['a page of HTML', '<h1>oops</h1>', 'text/html', undefined],
    ['broken JSON', '{"detail":', 'application/json', undefined],
    ['a list', '[1]', 'application/json', undefined],
    [
      'an error of Spring',
      { timestamp: 'x', status: 500, error: 'Internal Server Error', path: '/' },
      'application/json',
      { status: 500 },
    ],
    [
      'members of other types',
      { detail: { a: 1 }, status: '500', title: 'T' },
      'application/json',
      { title: 'T' },
    ],
  ])('with %s is quoted as far as that makes sense', async (_, body, type, expected) => {
    const failure = await failureOf({ status: 500, body, headers: { 'content-type': type } });
    expect((failure as RemoteRefusedError).problem).toEqual(expected);
  });
});

describe('a service that refuses and then falls silent', () => {
  it.each(['text/plain', 'application/problem+json'])('has refused all the same: %s', async (type) => {
    const bytes = `HTTP/1.1 500 Oops\r\nContent-Type: ${type}\r\nContent-Length: 50\r\n\r\n{"detail":`;
    await using payment = await startRawServer((socket) => void socket.write(bytes));
    const failure = await failureAt(payment.url, { timeoutMs: 30 });
    expect(failure).toMatchObject({ code: 'REMOTE_REFUSED', status: 500, problem: undefined });
  });
});

describe('an answer that does not fit', () => {
  it.each<[string, StandInAnswer, RegExp]>([
    [
      'a redirect',
      { status: 302, headers: { location: '/elsewhere' } },
      /a redirect \(302\) is not followed/,
    ],
    ['no JSON', { status: 200, body: 'hello' }, /expected JSON, got hello$/],
    ['nothing at all', { status: 200 }, /expected JSON, got nothing$/],
    [
      'another shape',
      { status: 200, body: { id: 'abc', accessToken: 's3cret' } },
      /\/id: .*; got {"id":"abc","accessToken":"\*\*\*"}$/,
    ],
    ['a list', { status: 200, body: [] }, /\/: /],
    ['more than is read', { status: 200, body: { id: 1, more: 'x'.repeat(5_000_000) } }, /size/i],
  ])('is %s', async (_, answer, why) => {
    const failure = await failureOf(answer);
    expect(failure).toBeInstanceOf(RemoteBadAnswerError);
    expect(failure).toMatchObject({ retriable: false, message: expect.stringMatching(why) });
  });

  it('is something that is no HTTP', async () => {
    await using payment = await startRawServer((socket) => void socket.end('220 mail.example.com ESMTP\r\n'));
    expect(await failureAt(payment.url)).toBeInstanceOf(RemoteBadAnswerError);
  });
});

describe('after a failure', () => {
  it('the next call works', async () => {
    await using payment = await startStandIn();
    await using wired = paymentClient(payment.url);
    payment.answers(() => Promise.reject(new Error('break the connection')));
    await expect(wired.client.read({ id: 1 })).rejects.toThrow(RemoteUnreachableError);
    payment.answers({ status: 200, body: { id: 1 } });
    expect(await wired.client.read({ id: 1 })).toEqual({ id: 1 });
  });
});
