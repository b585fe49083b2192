import { describe, expect, it } from 'vitest';
import * as brokerErrors from '../../src/kernel/errors/broker-errors.js';
import * as gatewayErrors from '../../src/kernel/errors/gateway-errors.js';
import * as modelErrors from '../../src/kernel/errors/model-errors.js';
import * as remoteErrors from '../../src/kernel/errors/remote-errors.js';
import * as requestErrors from '../../src/kernel/errors/request-errors.js';
import * as storeErrors from '../../src/kernel/errors/store-errors.js';
import { problemOf } from '../../src/http/problem.js';

const { DomainError, InvalidInputError, NotFoundError } = modelErrors;
const { RemoteRefusedError, RemoteUnreachableError } = remoteErrors;
const request = { instance: '/orders', traceId: 't' };

describe('a problem', () => {
  it('says what an error is, which fields it means, and what to do', () => {
    const error = new InvalidInputError('Order', [{ pointer: '/qty', detail: 'must be a number' }]);
    expect(problemOf(error, request).problem).toEqual({
      type: 'urn:skanu:error:INVALID_INPUT',
      title: 'Invalid input',
      status: 400,
      detail: 'Order is not valid: /qty: must be a number',
      instance: '/orders',
      traceId: 't',
      code: 'INVALID_INPUT',
      help: 'Correct the named fields and send it again.',
      errors: [{ pointer: '/qty', detail: 'must be a number' }],
    });
  });

  it('of a subclass with a code of its own has the status of what it extends', () => {
    class TooLate extends DomainError {
      static override readonly code = 'TOO_LATE';
    }
    expect(problemOf(new TooLate('it is made already'), request).problem).toMatchObject({
      status: 409,
      code: 'TOO_LATE',
      title: 'Too late',
    });
  });

  it('of anything that is not meant for clients tells nothing of it', () => {
    for (const thrown of [
      new Error('secret'),
      'secret',
      undefined,
      null,
      { message: 'secret' },
      new storeErrors.StoreFailedError('db', 'secret'),
    ]) {
      const { problem } = problemOf(thrown, request);
      expect(problem).toMatchObject({
        status: 500,
        traceId: 't',
        detail: 'the service failed while it answered this request',
      });
      expect(JSON.stringify(problem)).not.toContain('secret');
    }
  });

  it('shows no password of a URL', () => {
    const error = new RemoteUnreachableError('payment.approve', 'http://user:geheim@payment:8082/payments');
    expect(problemOf(error, request).problem.detail).toBe(
      'payment.approve did not reach http://payment:8082/payments',
    );
  });

  it.each([
    [400, 409, undefined],
    [402, 409, undefined],
    [409, 409, undefined],
    [422, 409, undefined],
    [401, 502, undefined],
    [404, 502, undefined],
    [408, 503, '1'],
    [429, 503, '7'],
    [500, 503, '1'],
    [503, 503, '7'],
  ])('of a refusal with %i has status %i', (remote, status, retryAfter) => {
    const given = retryAfter === '7' ? retryAfter : undefined;
    const answer = problemOf(
      new RemoteRefusedError('pay', remote, { detail: 'no', internal: 'x' } as object, given),
      request,
    );
    expect(answer).toMatchObject({
      problem: { status, remote: { status: remote, detail: 'no' } },
      retryAfter,
    });
    expect(JSON.stringify(answer)).not.toContain('internal');
  });
});

describe('the status of each error class', () => {
  const expected: Record<string, number> = {
    InvalidInputError: 400,
    UnstorableValueError: 400,
    MalformedBodyError: 400,
    BadIdempotencyKeyError: 400,
    NotFoundError: 404,
    NoSuchPathError: 404,
    MethodNotAllowedError: 405,
    NotAcceptableError: 406,
    DomainError: 409,
    InvalidStateError: 409,
    VersionConflictError: 409,
    UniqueViolationError: 409,
    PatchTestFailedError: 409,
    RequestRunningError: 409,
    RequestForgottenError: 409,
    RequestWithdrawnError: 409,
    PreconditionFailedError: 412,
    BodyTooLargeError: 413,
    UnsupportedMediaTypeError: 415,
    IdempotencyKeyReusedError: 422,
    RemoteBadAnswerError: 502,
    UpstreamBrokeOffError: 502,
    NotReadyError: 503,
    RequestTimeoutError: 503,
    StoreUnavailableError: 503,
    ConnectionLostError: 503,
    PoolExhaustedError: 503,
    StatementTimeoutError: 503,
    CommitTimeoutError: 503,
    DeadlockError: 503,
    SerializationFailureError: 503,
    CommitUnknownError: 503,
    StoreBusyError: 503,
    StoreFullError: 503,
    StoreReadOnlyError: 503,
    BrokerUnavailableError: 503,
    RemoteUnreachableError: 503,
    RemoteTimeoutError: 503,
    RemoteCallAbortedError: 503,
    CallAbandonedError: 503,
    CircuitOpenError: 503,
    BulkheadFullError: 503,
    DeadlineExceededError: 503,
    OverloadedError: 503,
    UpstreamUnreachableError: 503,
    UpstreamTimeoutError: 504,
  };
  const classes = Object.entries({
    ...brokerErrors,
    ...gatewayErrors,
    ...modelErrors,
    ...remoteErrors,
    ...requestErrors,
    ...storeErrors,
  });
  // these carry their status themselves
  const judged = classes.filter(([name]) => name !== 'RemoteRefusedError' && name !== 'BadRequestError');

  it.each(judged)('%s is as the table says, or 500', (name, type) => {
    const error: object = Object.create((type as typeof NotFoundError).prototype, {
      code: { value: (type as typeof NotFoundError).code },
      message: { value: 'm' },
    });
    const { problem, retryAfter } = problemOf(error, request);
    expect(problem.status).toBe(expected[name] ?? 500);
    // it may have happened: nobody is invited to repeat it
    const mayRepeat =
      (problem.status === 503 && name !== 'CommitUnknownError') || name === 'RequestRunningError';
    expect(retryAfter).toBe(mayRepeat ? '1' : undefined);
  });

  it('names no class that is not there', () => {
    expect(Object.keys(expected).filter((name) => !classes.some(([one]) => one === name))).toEqual([]);
  });
});
