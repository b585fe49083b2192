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
      retriable: status >= 500 || status === 408 || status === 429,
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
