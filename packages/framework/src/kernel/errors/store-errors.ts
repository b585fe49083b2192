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

/** A table in the database differs from the schema in a way that is not additive, so the start is refused. */
export class SchemaDiffersError extends SkanuError {
  static override readonly code: string = 'SCHEMA_DIFFERS';
  constructor(
    store: string,
    /** Each difference with the statement that a person should run. */
    readonly differences: readonly { readonly what: string; readonly statement: string }[],
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
