import { SkanuError } from '../../kernel/errors/skanu-error.js';
import {
  ConnectionLostError,
  DeadlockError,
  SerializationFailureError,
  StatementTimeoutError,
  StoreBusyError,
  StoreFailedError,
  StoreFullError,
  StoreReadOnlyError,
  StoreUnavailableError,
} from '../../kernel/errors/store-errors.js';
import { StatementFailure } from '../sql/statement-failure.js';

/** Where and with what an error came. */
export interface FaultContext {
  readonly store: string;
  /** For messages: `reading orders`. */
  readonly doing: string;
  /** How long a statement waits for the locks of others, in milliseconds. */
  readonly lockWaitMs: number;
  /** Whether the connection is gone. */
  readonly isLost: boolean;
}

/** An error as the server has sent it: https://www.postgresql.org/docs/current/errcodes-appendix.html */
interface ServerError extends Error {
  /** The SQLSTATE: five digits and capitals. */
  readonly code: string;
  readonly constraint?: string;
  /** The function of the server that has found the error. */
  readonly routine?: string;
}

/** The server has ended the connection, or is about to: nothing of the transaction was committed, unless COMMIT was under way. */
const CONNECTION_ENDED = new Set(['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04']);

/** What the connection has prepared is unknown to the server, or there already. */
const PREPARED_ELSEWHERE = new Set(['26000', '42P05']);
const READ_ONLY = '25006';

/** Whether nobody can say what became of the statement. */
export function isConnectionLoss(thrown: unknown, isLost: boolean): boolean {
  const state = sqlState(thrown);
  return state === undefined ? isLost : CONNECTION_ENDED.has(state) || state.startsWith('08');
}

/** Whether the connection must not be used again, although it is there. */
export function isStale(thrown: unknown): boolean {
  // from a server that was the primary the next connection may lead to its successor
  return sqlState(thrown) === READ_ONLY || isOutdated(thrown);
}

/** Whether what the connection has prepared is of no use any more. */
function isOutdated(thrown: unknown): boolean {
  if (!isServerError(thrown)) return false;
  // a person has changed the table; the state alone says no more than that something is not supported
  if (thrown.code === '0A000') return thrown.routine === 'RevalidateCachedQuery';
  return PREPARED_ELSEWHERE.has(thrown.code);
}

/** What only the writer of the statement can name; undefined for all else. */
export function statementFailure(thrown: unknown, place: number): StatementFailure | undefined {
  if (!isServerError(thrown)) return undefined;
  if (thrown.code === '23505') return new StatementFailure('unique', place, thrown.constraint, thrown);
  // the only limit of the server that a value of ours can meet is that of an index entry
  if (thrown.code === '54000') return new StatementFailure('too-long', place, thrown.constraint, thrown);
  return undefined;
}

/** What a statement was refused with, as an error of the kernel. Errors of our own stay what they are. */
export function storeError(thrown: unknown, context: FaultContext): SkanuError {
  const { store, doing, lockWaitMs, isLost } = context;
  if (thrown instanceof SkanuError) return thrown;
  // an outdated connection is given up with its transaction; another one knows better
  if (isConnectionLoss(thrown, isLost) || isOutdated(thrown)) return new ConnectionLostError(store, thrown);
  switch (sqlState(thrown)) {
    case '40P01':
      return new DeadlockError(store, doing, thrown);
    case '40001':
      return new SerializationFailureError(store, doing, thrown);
    case '57014':
      return new StatementTimeoutError(store, doing, thrown);
    case '55P03':
      return new StoreBusyError(store, lockWaitMs, thrown);
    case '53100':
      return new StoreFullError(store, thrown);
    case READ_ONLY:
      return new StoreReadOnlyError(store, thrown);
    case '42501':
      return new StoreUnavailableError(
        store,
        thrown,
        'Its user may not do that: grant it what the cause names.',
      );
    default:
      return isOutOfResources(thrown)
        ? new StoreUnavailableError(store, thrown, 'It is out of memory or of other means: look at its log.')
        : new StoreFailedError(store, doing, thrown);
  }
}

/** Why a connection could not be made. */
export function connectError(thrown: unknown, store: string): SkanuError {
  if (thrown instanceof SkanuError) return thrown;
  const state = sqlState(thrown) ?? '';
  if (state.startsWith('28')) return refused('It refuses the user or the password: check both.');
  if (state === '3D000')
    return refused('The server has no database of that name: make it, or change the URL.');
  if (state === '53300')
    return refused(
      'The server has no connection left: raise its max_connections, or lower DATABASE_POOL_SIZE.',
    );
  if (state === '42501') return refused('Its user may not connect to that database: grant it CONNECT.');
  return new StoreUnavailableError(store, thrown);

  function refused(help: string): StoreUnavailableError {
    return new StoreUnavailableError(store, thrown, help);
  }
}

function isOutOfResources(thrown: unknown): boolean {
  return sqlState(thrown)?.startsWith('53') ?? false;
}

function sqlState(thrown: unknown): string | undefined {
  return isServerError(thrown) ? thrown.code : undefined;
}

// errors of the system have codes too, EPIPE even one of five capitals; a severity has only what the server sends
function isServerError(thrown: unknown): thrown is ServerError {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(thrown.code) &&
    'severity' in thrown
  );
}
