import { SkanuError } from './skanu-error.js';

/** One failing field. `pointer` is an RFC 6901 JSON pointer into the input, such as `/qty`. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

const listed = (errors: readonly FieldError[]) =>
  errors.map((e) => `${e.pointer || '/'}: ${e.detail}`).join('; ');

/**
 * A rule of the business refuses what was asked; nothing was changed. Throw it (or a subclass) from behaviour methods
 * and hooks. Over HTTP: 409.
 * @example throw new DomainError('delivery 7 is already completed');
 */
export class DomainError extends SkanuError {
  static override readonly code: string = 'DOMAIN_RULE';
  constructor(message: string, options: { help?: string; cause?: unknown } = {}) {
    super(message, { help: 'Read the current state and ask for what it still allows.', ...options });
  }
}

/** Input from outside does not fit its schema; nothing was changed. Over HTTP: 400. */
export class InvalidInputError extends SkanuError {
  static override readonly code: string = 'INVALID_INPUT';
  constructor(
    what: string,
    readonly errors: readonly FieldError[],
  ) {
    super(`${what} is not valid: ${listed(errors)}`, { help: 'Correct the named fields and send it again.' });
  }
}

/** The state that a behaviour or hook left behind breaks the aggregate's schema; nothing was written. Over HTTP: 409. */
export class InvalidStateError extends SkanuError {
  static override readonly code: string = 'INVALID_STATE';
  constructor(
    what: string,
    readonly errors: readonly FieldError[],
  ) {
    super(`${what} would break its schema: ${listed(errors)}`, {
      help: 'Ask for a change that keeps the state valid, or widen the schema of the aggregate.',
    });
  }
}

/** There is no row with that id. Over HTTP: 404. */
export class NotFoundError extends SkanuError {
  static override readonly code: string = 'NOT_FOUND';
  constructor(what: string, id: number | string) {
    super(`${what} ${id} does not exist`, { help: 'Check the id; it may have been deleted.' });
  }
}

/** An event's fields do not fit its schema: a mistake of the publisher, or of the reader's declaration. */
export class InvalidEventError extends SkanuError {
  static override readonly code: string = 'INVALID_EVENT';
  constructor(
    eventType: string,
    readonly errors: readonly FieldError[],
  ) {
    super(`event ${eventType} is not valid: ${listed(errors)}`, {
      help: 'Compare the named fields with the schema of the event class, on the side that publishes and on this one.',
    });
  }
}

/** The fields of an older version of an event cannot be brought to the version that the reader's class has. The record is parked. */
export class UpcastError extends SkanuError {
  static override readonly code: string = 'UPCAST_FAILED';
  constructor(wireName: string, version: number, why: string, cause?: unknown) {
    super(`event ${wireName} cannot be brought to version ${version}: ${why}`, {
      help: 'Correct the upcaster in the event class that reads it, then redrive the record.',
      cause,
    });
  }
}

/** The bytes of a record are no event at all: no JSON, no object, no `eventType`. The record is parked. */
export class UnreadableRecordError extends SkanuError {
  static override readonly code: string = 'UNREADABLE_RECORD';
  constructor(where: string, why: string, cause?: unknown) {
    super(`record ${where} is no event: ${why}`, {
      help: 'Look at its payload under /actuator/parked, mend the publisher, then drop or redrive the record.',
      cause,
    });
  }
}

/** Something that only works inside a unit of work was used outside of one. */
export class NoUnitOfWorkError extends SkanuError {
  static override readonly code: string = 'NO_UNIT_OF_WORK';
  constructor(what: string) {
    super(`${what} was used outside of a unit of work`, {
      help: 'Do it in a hook, a behaviour method, a command or a handler, and await all that they start.',
    });
  }
}

/** Hooks keep changing aggregates, round after round, so that the unit of work has no final state to commit. */
export class HooksDoNotSettleError extends SkanuError {
  static override readonly code: string = 'HOOKS_DO_NOT_SETTLE';
  constructor(rounds: number, names: readonly string[]) {
    super(`after ${rounds} rounds of hooks there are still new changes (last: ${names.join(', ')})`, {
      help: 'Make the hooks idempotent: change state only where it differs from what they want.',
    });
  }
}

/** An event class that is not listed in `defineService({ events })` was published. */
export class UndeclaredEventError extends SkanuError {
  static override readonly code: string = 'UNDECLARED_EVENT';
  constructor(eventType: string, service: string) {
    super(`service ${service} publishes ${eventType} but does not declare it`, {
      help: `Add ${eventType} to the events of defineService, so that contracts and documentation know it.`,
    });
  }
}

/** Something was asked of the container that the service does not list. */
export class NotRegisteredError extends SkanuError {
  static override readonly code: string = 'NOT_REGISTERED';
  constructor(token: string, service: string, cause?: unknown) {
    super(`service ${service} cannot provide ${token}`, {
      help: `List it in defineService (aggregates, clients, policies, views or providers).`,
      cause,
    });
  }
}

/** More rows fit than one call may give. */
export class TooManyRowsError extends SkanuError {
  static override readonly code: string = 'TOO_MANY_ROWS';
  constructor(collection: string, limit: number) {
    super(`more than ${limit} ${collection} fit`, { help: 'Narrow the criteria, or read them with page().' });
  }
}
