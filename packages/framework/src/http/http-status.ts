import { RemoteRefusedError } from '../kernel/errors/remote-errors.js';
import { BadRequestError } from '../kernel/errors/request-errors.js';
import { SkanuError } from '../kernel/errors/skanu-error.js';

/** How an error looks over HTTP. */
export interface HttpStatus {
  readonly status: number;
  /** Seconds (or a date) for `Retry-After`. */
  readonly retryAfter?: string;
}

const SOON = { status: 503, retryAfter: '1' };

/** The HTTP status of each error code that a client may see. What is not listed is our own fault: 500. */
const STATUS_OF_CODE: Readonly<Record<string, HttpStatus>> = {
  INVALID_INPUT: { status: 400 },
  UNSTORABLE_VALUE: { status: 400 },
  MALFORMED_BODY: { status: 400 },
  BAD_IDEMPOTENCY_KEY: { status: 400 },
  NOT_FOUND: { status: 404 },
  NO_SUCH_PATH: { status: 404 },
  METHOD_NOT_ALLOWED: { status: 405 },
  NOT_ACCEPTABLE: { status: 406 },
  DOMAIN_RULE: { status: 409 },
  INVALID_STATE: { status: 409 },
  VERSION_CONFLICT: { status: 409 },
  UNIQUE_VIOLATION: { status: 409 },
  PATCH_TEST_FAILED: { status: 409 },
  REBUILD_RUNNING: { status: 409 },
  REQUEST_RUNNING: { status: 409, retryAfter: '1' },
  REQUEST_WITHDRAWN: { status: 409 },
  REQUEST_FORGOTTEN: { status: 409 },
  PRECONDITION_FAILED: { status: 412 },
  BODY_TOO_LARGE: { status: 413 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  IDEMPOTENCY_KEY_REUSED: { status: 422 },
  REMOTE_BAD_ANSWER: { status: 502 },
  UPSTREAM_BROKE_OFF: { status: 502 },
  NOT_READY: SOON,
  REQUEST_TIMEOUT: SOON,
  STORE_UNAVAILABLE: SOON,
  STORE_CONNECTION_LOST: SOON,
  STORE_POOL_EXHAUSTED: SOON,
  STORE_STATEMENT_TIMEOUT: SOON,
  STORE_COMMIT_TIMEOUT: SOON,
  STORE_DEADLOCK: SOON,
  STORE_SERIALIZATION_FAILURE: SOON,
  // no Retry-After: it may have happened
  STORE_COMMIT_UNKNOWN: { status: 503 },
  STORE_BUSY: SOON,
  STORE_FULL: SOON,
  STORE_READ_ONLY: SOON,
  BROKER_UNAVAILABLE: SOON,
  REMOTE_UNREACHABLE: SOON,
  REMOTE_TIMEOUT: SOON,
  REMOTE_CALL_ABORTED: SOON,
  REMOTE_CALL_ABANDONED: SOON,
  REMOTE_CIRCUIT_OPEN: SOON,
  REMOTE_BULKHEAD_FULL: SOON,
  DEADLINE_EXCEEDED: SOON,
  OVERLOADED: SOON,
  UPSTREAM_UNREACHABLE: SOON,
  UPSTREAM_TIMEOUT: { status: 504 },
};

/** Refusals of another service that are the caller's business: what was asked cannot be done as things are. */
const PASSED_ON_AS_CONFLICT = new Set([400, 402, 409, 422]);

/** The status of an error, or undefined for one that clients must not see the inside of. */
export function httpStatusOf(error: unknown): HttpStatus | undefined {
  if (!(error instanceof SkanuError)) return undefined;
  if (error instanceof BadRequestError) return { status: error.status };
  if (error instanceof RemoteRefusedError) return refused(error);
  return STATUS_OF_CODE[error.code] ?? inherited(error);
}

/** A team's own subclass may have its own code; it has the status of what it extends. */
function inherited(error: SkanuError): HttpStatus | undefined {
  let type = error.constructor as typeof SkanuError;
  while (type !== SkanuError) {
    const status = STATUS_OF_CODE[type.code];
    if (status) return status;
    type = Object.getPrototypeOf(type) as typeof SkanuError;
  }
  return undefined;
}

function refused({ status, retriable, retryAfter = '1' }: RemoteRefusedError): HttpStatus {
  if (retriable) return { status: 503, retryAfter };
  return { status: PASSED_ON_AS_CONFLICT.has(status) ? 409 : 502 };
}
