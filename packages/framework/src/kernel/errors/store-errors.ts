import { SkanuError } from './skanu-error.js';

/** Somebody else changed or deleted the row since it was read; nothing was written. Over HTTP: 409, or 412 with If-Match. */
export class VersionConflictError extends SkanuError {
  static override readonly code: string = 'VERSION_CONFLICT';
  constructor(table: string, id: number, expectedVersion: number) {
    super(`${table} ${id} is no longer at version ${expectedVersion}`, {
      help: 'Read it again and repeat the change.',
      retriable: true,
    });
  }
}

/** A row with the same value of a unique column (or the same id) exists; nothing was written. Over HTTP: 409. */
export class UniqueViolationError extends SkanuError {
  static override readonly code: string = 'UNIQUE_VIOLATION';
  constructor(table: string, columns: readonly string[], cause?: unknown) {
    super(`${table} already has a row with the same ${columns.join(', ') || 'unique value'}`, {
      help: 'Use another value, or change the row that exists.',
      // a handler that lost the race to make a row finds it on its next attempt
      retriable: true,
      cause,
    });
  }
}

/** The database does not answer or refuses to work at all. Handlers wait for it, requests get 503. */
export class StoreUnavailableError extends SkanuError {
  static override readonly code: string = 'STORE_UNAVAILABLE';
  constructor(store: string, cause?: unknown, help = 'Check that the database is up and reachable.') {
    super(`the store ${store} is not available`, { help, retriable: true, cause });
  }
}

/** The connection broke while a statement was under way. Nothing of its transaction was committed, unless it is a {@link CommitUnknownError}. */
export class ConnectionLostError extends StoreUnavailableError {
  static override readonly code: string = 'STORE_CONNECTION_LOST';
  constructor(store: string, cause?: unknown) {
    super(
      store,
      cause,
      'Check that the database is up; the connection to it broke, a new one is made for the next statement.',
    );
  }
}

/** All connections of the pool stayed in use for longer than the limit. Handlers wait, requests get 503. */
export class PoolExhaustedError extends SkanuError {
  static override readonly code: string = 'STORE_POOL_EXHAUSTED';
  constructor(store: string, size: number, waitedMs: number, cause?: unknown) {
    super(`all ${size} connections to the store ${store} were in use for ${waitedMs} ms`, {
      help: 'Look for slow statements; or raise DATABASE_POOL_SIZE, if the database has room for more connections.',
      retriable: true,
      cause,
    });
  }
}

/** The database ended a statement because it took longer than the limit. */
export class StatementTimeoutError extends SkanuError {
  static override readonly code: string = 'STORE_STATEMENT_TIMEOUT';
  constructor(store: string, doing: string, cause?: unknown) {
    super(`the store ${store} took too long while ${doing}`, {
      help: 'Look for a missing index or a long lock; DATABASE_STATEMENT_TIMEOUT_MS is the limit.',
      retriable: true,
      cause,
    });
  }
}

/**
 * A whole unit of work could not be committed within the limit; nothing was written. That is the database being slow or locked, and no
 * fault of what was to be committed.
 */
export class CommitTimeoutError extends StatementTimeoutError {
  static override readonly code: string = 'STORE_COMMIT_TIMEOUT';
}

/** Two transactions waited for each other and the database ended this one; nothing was written. */
export class DeadlockError extends SkanuError {
  static override readonly code: string = 'STORE_DEADLOCK';
  constructor(store: string, doing: string, cause?: unknown) {
    super(`the store ${store} met a deadlock while ${doing}`, {
      help: 'Repeat it. Where it comes often, change rows in the same order everywhere.',
      retriable: true,
      cause,
    });
  }
}

/** The database could not bring this transaction into an order with others; nothing was written. */
export class SerializationFailureError extends SkanuError {
  static override readonly code: string = 'STORE_SERIALIZATION_FAILURE';
  constructor(store: string, doing: string, cause?: unknown) {
    super(`the store ${store} could not put a transaction into an order while ${doing}`, {
      help: 'Repeat it.',
      retriable: true,
      cause,
    });
  }
}

/**
 * The answer to a commit was lost and the database stayed away for too long to be asked: the change has happened as a whole, or not
 * at all, and nobody knows yet. Over HTTP: 503 without an invitation to repeat.
 */
export class CommitUnknownError extends SkanuError {
  static override readonly code: string = 'STORE_COMMIT_UNKNOWN';
  constructor(store: string, plan: string, cause?: unknown) {
    super(`whether the store ${store} has committed plan ${plan} is not known`, {
      help: 'Read what was to be changed before you repeat it.',
      // whoever repeats it blindly may do it twice; a handler is safe, its inbox mark tells
      retriable: false,
      cause,
    });
  }
}

/** The database stayed locked by others for longer than the limit. */
export class StoreBusyError extends SkanuError {
  static override readonly code: string = 'STORE_BUSY';
  constructor(store: string, waitedMs: number, cause?: unknown) {
    super(`the store ${store} was locked by others for ${waitedMs} ms`, {
      help: 'Look for a process that holds a long transaction on it.',
      retriable: true,
      cause,
    });
  }
}

/** The disk under the store is full. */
export class StoreFullError extends SkanuError {
  static override readonly code: string = 'STORE_FULL';
  constructor(store: string, cause?: unknown) {
    super(`the store ${store} has no room left`, { help: 'Free disk space.', retriable: true, cause });
  }
}

/** The store can be read but not written. */
export class StoreReadOnlyError extends SkanuError {
  static override readonly code: string = 'STORE_READ_ONLY';
  constructor(store: string, cause?: unknown) {
    super(`the store ${store} is read-only`, {
      help: 'Give the service write access to it.',
      retriable: true,
      cause,
    });
  }
}

/** A statement failed for a reason that no other class names. */
export class StoreFailedError extends SkanuError {
  static override readonly code: string = 'STORE_FAILED';
  constructor(store: string, doing: string, cause?: unknown) {
    super(`the store ${store} failed while ${doing}`, { help: 'Look at the cause.', cause });
  }
}

/** A value cannot be kept exactly by the column it is meant for; nothing was written. */
export class UnstorableValueError extends SkanuError {
  static override readonly code: string = 'UNSTORABLE_VALUE';
  constructor(
    table: string,
    readonly column: string,
    readonly why: string,
  ) {
    super(`${table}.${column} cannot hold this value: ${why}`, { help: 'Narrow the schema of that field.' });
  }
}

/** What stands in the way of a table, and the statement that mends it. */
export interface SchemaDifference {
  readonly what: string;
  readonly statement: string;
}

/** A table in the database differs from the schema in a way that is not additive, so the start is refused. */
export class SchemaDiffersError extends SkanuError {
  static override readonly code: string = 'SCHEMA_DIFFERS';
  constructor(
    store: string,
    /** Each difference with the statement that a person should run. */
    readonly differences: readonly SchemaDifference[],
  ) {
    super(
      `the tables of ${store} differ from the schemas: ${differences.map((d) => `${d.what}; run: ${d.statement}`).join(' | ')}`,
      { help: 'Run the statements after a look at the data, or change the schema back.' },
    );
  }
}

/** The lease was taken over by somebody else, so what was to be done under it was not done. */
export class LeaseLostError extends SkanuError {
  static override readonly code: string = 'LEASE_LOST';
  constructor(name: string) {
    super(`the lease ${name} is held by another process now`, {
      help: 'Nothing to do: the other process carries on.',
      retriable: true,
    });
  }
}
