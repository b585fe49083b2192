import { SkanuError } from './skanu-error.js';

/** The service behind the gateway could not be reached, so it has done nothing. 503 with `Retry-After`. */
export class UpstreamUnreachableError extends SkanuError {
  static override readonly code: string = 'UPSTREAM_UNREACHABLE';
  constructor(service: string, cause?: unknown) {
    super(`the service ${service} cannot be reached`, {
      help: 'Nothing was done; try again a little later.',
      retriable: true,
      cause,
    });
  }
}

/** The service behind the gateway broke the connection off, or answered with something that is no HTTP. 502. */
export class UpstreamBrokeOffError extends SkanuError {
  static override readonly code: string = 'UPSTREAM_BROKE_OFF';
  constructor(service: string, cause?: unknown) {
    super(`the service ${service} broke off before it answered`, {
      help: 'It may have done what was asked: look before you try again.',
      cause,
    });
  }
}

/** The service behind the gateway did not answer in time. 504. */
export class UpstreamTimeoutError extends SkanuError {
  static override readonly code: string = 'UPSTREAM_TIMEOUT';
  constructor(service: string, limitMs: number, cause?: unknown) {
    super(`the service ${service} did not answer within ${limitMs} ms`, {
      help: 'It may have done what was asked: look before you try again.',
      cause,
    });
  }
}
