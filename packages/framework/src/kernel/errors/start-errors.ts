import { SkanuError } from './skanu-error.js';

/** One fault found by the boot check: what is wrong, and how to mend it. */
export interface BootFault {
  readonly what: string;
  readonly fix: string;
}

/** What a service declares does not fit together; it was not started. Lists all faults at once. */
export class BootCheckError extends SkanuError {
  static override readonly code: string = 'BOOT_CHECK';
  constructor(
    service: string,
    readonly faults: readonly BootFault[],
  ) {
    super(
      `service ${service} cannot start, ${faults.length === 1 ? 'one fault' : `${faults.length} faults`}: ${faults.map((f) => `${f.what} (${f.fix})`).join('; ')}`,
      { help: 'Mend each fault as it says.' },
    );
  }
}

/** A setting is missing or wrong; the service was not started. */
export class ConfigurationError extends SkanuError {
  static override readonly code: string = 'CONFIGURATION';
  constructor(message: string, help: string, cause?: unknown) {
    super(message, { help, cause });
  }
}

/** The port is in use, or may not be used. */
export class PortUnavailableError extends SkanuError {
  static override readonly code: string = 'PORT_UNAVAILABLE';
  constructor(service: string, host: string, port: number, why: string, cause?: unknown) {
    super(`service ${service} cannot listen on ${host}:${port}: ${why}`, {
      help: 'Stop what listens there, or set PORT to a free one.',
      cause,
    });
  }
}

/** A limit of time was passed while starting or stopping. */
export class LifecycleTimeoutError extends SkanuError {
  static override readonly code: string = 'LIFECYCLE_TIMEOUT';
  constructor(what: string, limitMs: number) {
    super(`${what} took longer than ${limitMs} ms`, {
      help: 'Look at the log for what it waits for, or raise the limit.',
    });
  }
}

/** A handler did not finish within its time limit; the attempt counts as failed. */
export class HandlerTimeoutError extends SkanuError {
  static override readonly code: string = 'HANDLER_TIMEOUT';
  constructor(handler: string, limitMs: number) {
    super(`handler ${handler} took longer than ${limitMs} ms`, {
      help: 'Look for a call without a time limit in it.',
      retriable: true,
    });
  }
}
