import { SkanuError } from './skanu-error.js';

/** There is nothing at that path. 404. */
export class NoSuchPathError extends SkanuError {
  static override readonly code: string = 'NO_SUCH_PATH';
  constructor(path: string) {
    super(`there is nothing at ${path}`, { help: 'GET / lists the collections.' });
  }
}

/** The path exists, but not with this method. 405 with `Allow`. */
export class MethodNotAllowedError extends SkanuError {
  static override readonly code: string = 'METHOD_NOT_ALLOWED';
  constructor(
    method: string,
    path: string,
    readonly allow: readonly string[],
  ) {
    super(`${method} is not possible on ${path}`, { help: `Use one of ${allow.join(', ')}.` });
  }
}

/** None of the media types that the client accepts can be made. 406. */
export class NotAcceptableError extends SkanuError {
  static override readonly code: string = 'NOT_ACCEPTABLE';
  constructor(accept: string, offered: readonly string[]) {
    super(`no representation fits Accept: ${accept}`, { help: `Accept one of ${offered.join(', ')}.` });
  }
}

/** `If-Match` names another version than the current one; nothing was changed. 412. */
export class PreconditionFailedError extends SkanuError {
  static override readonly code: string = 'PRECONDITION_FAILED';
  constructor(what: string, current: string) {
    super(`${what} has the ETag ${current} now`, { help: 'Read it again and repeat the change.' });
  }
}

/** The body is larger than the limit. 413. */
export class BodyTooLargeError extends SkanuError {
  static override readonly code: string = 'BODY_TOO_LARGE';
  constructor(limitBytes: number) {
    super(`the body has more than ${limitBytes} bytes`, {
      help: 'Send less; the limit is BODY_LIMIT_BYTES.',
    });
  }
}

/** The body's media type is not understood. 415. */
export class UnsupportedMediaTypeError extends SkanuError {
  static override readonly code: string = 'UNSUPPORTED_MEDIA_TYPE';
  constructor(contentType: string | undefined, accepted: readonly string[]) {
    super(contentType ? `a body of ${contentType} is not understood` : 'the body has no Content-Type', {
      help: `Send one of ${accepted.join(', ')}.`,
    });
  }
}

/** The body is no JSON. 400. */
export class MalformedBodyError extends SkanuError {
  static override readonly code: string = 'MALFORMED_BODY';
  constructor(why: string, cause?: unknown) {
    super(`the body is no valid JSON: ${why}`, { help: 'Correct the syntax and send it again.', cause });
  }
}

/** The request itself is wrong in a way that HTTP has a status for. 4xx. */
export class BadRequestError extends SkanuError {
  static override readonly code: string = 'BAD_REQUEST';
  constructor(
    message: string,
    readonly status: number = 400,
    cause?: unknown,
  ) {
    super(message, { help: 'Correct the request and send it again.', cause });
  }
}

/** The service is starting or stopping and takes no new work. 503 with `Retry-After`. */
export class NotReadyError extends SkanuError {
  static override readonly code: string = 'NOT_READY';
  constructor(service: string, state: string) {
    super(`service ${service} is ${state}`, { help: 'Try again in a moment.', retriable: true });
  }
}

/** A `test` operation of a JSON patch did not hold; nothing was changed. 409. */
export class PatchTestFailedError extends SkanuError {
  static override readonly code: string = 'PATCH_TEST_FAILED';
  constructor(what: string, path: string) {
    super(`${what} has another value at ${path || '/'} than the patch expects`, {
      help: 'Read it again and make the patch from what is there now.',
    });
  }
}

/** The service did not finish the request within its limit; what it had not committed by then, it will not commit. 503. */
export class RequestTimeoutError extends SkanuError {
  static override readonly code: string = 'REQUEST_TIMEOUT';
  constructor(what: string, limitMs: number) {
    super(`${what} was not done within ${limitMs} ms`, {
      help: 'Try again a little later; look first whether it was done after all.',
      retriable: true,
    });
  }
}

/** More requests are under way than the service takes at once. Nothing was begun. */
export class OverloadedError extends SkanuError {
  static override readonly code: string = 'OVERLOADED';
  constructor(service: string, limit: number) {
    super(`${service} has ${limit} requests under way and takes no more for now`, {
      help: 'Try again a little later.',
      retriable: true,
    });
  }
}

/** The `Idempotency-Key` of a request cannot be used. 400. */
export class BadIdempotencyKeyError extends SkanuError {
  static override readonly code: string = 'BAD_IDEMPOTENCY_KEY';
  constructor(why: string) {
    super(`the Idempotency-Key ${why}`, {
      help: 'Send 1 to 255 visible ASCII characters, for example a UUID.',
    });
  }
}

/** Another request had the same `Idempotency-Key` and asked for something else. 422. */
export class IdempotencyKeyReusedError extends SkanuError {
  static override readonly code: string = 'IDEMPOTENCY_KEY_REUSED';
  constructor(key: string) {
    super(`another request was made with the Idempotency-Key ${key}`, {
      help: 'Make a new key for each request, and use one again only to repeat the same request.',
    });
  }
}

/** A request with the same `Idempotency-Key` is under way. 409 with `Retry-After`. */
export class RequestRunningError extends SkanuError {
  static override readonly code: string = 'REQUEST_RUNNING';
  constructor(key: string) {
    super(`a request with the Idempotency-Key ${key} is under way`, {
      help: 'Try again a little later: its answer will be given again.',
      retriable: true,
    });
  }
}

/** A request is to be taken back that was made so long ago that this service may have forgotten it. 409; it is as it was. */
export class RequestForgottenError extends SkanuError {
  static override readonly code: string = 'REQUEST_FORGOTTEN';
  constructor(key: string, keptForMs: number) {
    super(
      `nothing is known of a request with the Idempotency-Key ${key}, and requests are remembered for ${keptForMs / 3_600_000} h only`,
      {
        help: 'Look for what it has made, and undo that by hand; raise IDEMPOTENCY_RETENTION_MS beyond the longest outage.',
      },
    );
  }
}

/** The request with that `Idempotency-Key` was taken back by its caller: it has no effect (any more). 409. */
export class RequestWithdrawnError extends SkanuError {
  static override readonly code: string = 'REQUEST_WITHDRAWN';
  constructor(key: string) {
    super(`the request with the Idempotency-Key ${key} was taken back`, {
      help: 'Make a new request with a new key.',
    });
  }
}
