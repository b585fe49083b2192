import { SkanuError } from './skanu-error.js';

/** The other service could not be reached: nothing listens, no such host, the connection broke before an answer. */
export class RemoteUnreachableError extends SkanuError {
  static override readonly code: string = 'REMOTE_UNREACHABLE';
  constructor(operation: string, url: string, cause?: unknown) {
    super(`${operation} did not reach ${url}`, {
      help: 'Check that the service runs and that its URL is right; try again a little later.',
      retriable: true,
      cause,
    });
  }
}

/** The other service did not answer within the time limit. It may have done what was asked. */
export class RemoteTimeoutError extends SkanuError {
  static override readonly code: string = 'REMOTE_TIMEOUT';
  constructor(operation: string, timeoutMs: number) {
    super(`${operation} got no answer within ${timeoutMs} ms`, {
      help: 'Try again a little later; the other service may have done what was asked.',
      retriable: true,
    });
  }
}

/** What the other service said when it refused, as far as it was a problem document (RFC 9457). */
export interface RemoteProblem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: unknown;
}

/** The other service answered with an error status. */
export class RemoteRefusedError extends SkanuError {
  static override readonly code: string = 'REMOTE_REFUSED';
  constructor(
    operation: string,
    /** The HTTP status of its answer. */
    readonly status: number,
    /** Its problem document, where it sent one. */
    readonly problem: RemoteProblem | undefined,
    /** Its `Retry-After` header, where it sent one. */
    readonly retryAfter?: string,
  ) {
    super(`${operation} was refused with ${status}${problem?.detail ? `: ${problem.detail}` : ''}`, {
      help: 'Look at the attached problem of the other service.',
      // its own words for: what you ask for is under way, ask again
      retriable: status >= 500 || status === 408 || status === 429 || problem?.code === 'REQUEST_RUNNING',
    });
  }
}

/** The other service answered with something that its operation does not promise. */
export class RemoteBadAnswerError extends SkanuError {
  static override readonly code: string = 'REMOTE_BAD_ANSWER';
  constructor(operation: string, why: string, cause?: unknown) {
    super(`${operation} got an answer that does not fit: ${why}`, {
      help: 'Compare the `returns` schema of the operation with what the other service sends today.',
      cause,
    });
  }
}

/** The caller gave up before the answer came. */
export class RemoteCallAbortedError extends SkanuError {
  static override readonly code: string = 'REMOTE_CALL_ABORTED';
  constructor(operation: string, cause?: unknown) {
    super(`${operation} was given up by its caller`, {
      help: 'Nothing to do: the caller has gone.',
      retriable: true,
      cause,
    });
  }
}

/** The circuit of an operation is open: the other service was not asked. */
export class CircuitOpenError extends SkanuError {
  static override readonly code: string = 'REMOTE_CIRCUIT_OPEN';
  constructor(
    operation: string,
    /** Until it is tried again. */
    readonly retryInMs: number,
  ) {
    super(`${operation} was not called: its circuit is open after too many failures`, {
      help: 'Try again a little later; the other service is asked again by itself as soon as it may have recovered.',
      retriable: true,
    });
  }
}

/** An interceptor of a client made a request that is not to be sent: to another address than the chosen one, or no HTTP at all. It was not sent. */
export class InterceptorError extends SkanuError {
  static override readonly code: string = 'REMOTE_INTERCEPTOR';
  /** @param what the interceptor did: `led it to http://elsewhere` */
  constructor(operation: string, what: string, cause?: unknown) {
    super(`${operation} was not called: an interceptor ${what}`, {
      help: 'Let interceptors change the path, the query, the headers or the body, to what HTTP allows; the address belongs to the client.',
      cause,
    });
  }
}

/** As many calls of an operation run already as may. The other service was not asked. */
export class BulkheadFullError extends SkanuError {
  static override readonly code: string = 'REMOTE_BULKHEAD_FULL';
  constructor(operation: string, running: number, waiting: number) {
    super(`${operation} was not called: ${running} calls are under way and ${waiting} wait`, {
      help: 'Try again a little later, or raise `bulkhead` of the operation if the other service can bear more.',
      retriable: true,
    });
  }
}

/** The time that the caller has left was over before the other service was asked. */
export class DeadlineExceededError extends SkanuError {
  static override readonly code: string = 'DEADLINE_EXCEEDED';
  constructor(what: string) {
    super(`${what} was not begun: its caller waits no longer`, {
      help: 'Give it more time, or try again when the services are less busy.',
      retriable: true,
    });
  }
}

/** A unit of work took too long, and a call that it had made is being undone: it was not committed. */
export class CallAbandonedError extends SkanuError {
  static override readonly code: string = 'REMOTE_CALL_ABANDONED';
  constructor() {
    super('a call of another service is being undone, because the work that needs it took too long', {
      help: 'Try again; nothing of it has happened.',
      retriable: true,
    });
  }
}
