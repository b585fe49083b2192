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
  readonly statementTimeoutMs: number;
  /** Whether the connection is gone. */
  readonly isLost: boolean;
}

/** An error as the server has sent it: https://www.postgresql.org/docs/current/errcodes-appendix.html */
interface ServerError extends Error {
  /** The SQLSTATE: five digits and capitals. */
  readonly code: string;
  readonly constraint?: string;
}

/** The server has ended the connection, or is about to: nothing of the transaction was committed, unless COMMIT was under way. */
const CONNECTION_ENDED = new Set(['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04']);

/** The connection can't be relied upon any more: what it has prepared does not fit the tables, or is unknown to the server. */
const STALE = new Set(['0A000', '26000', '42P05']);

/** Whether nobody can say what became of the statement. */
export function isConnectionLoss(thrown: unknown, isLost: boolean): boolean {
  const state = sqlState(thrown);
  return state === undefined ? isLost : CONNECTION_ENDED.has(state) || state.startsWith('08');
}

/** Whether the connection must not be used again, although it is there. */
export function isStale(thrown: unknown): boolean {
  return STALE.has(sqlState(thrown) ?? '');
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
  const { store, doing, statementTimeoutMs, isLost } = context;
  if (thrown instanceof SkanuError) return thrown;
  if (isConnectionLoss(thrown, isLost)) return new ConnectionLostError(store, thrown);
  switch (sqlState(thrown)) {
    case '40P01':
      return new DeadlockError(store, doing, thrown);
    case '40001':
      return new SerializationFailureError(store, doing, thrown);
    case '57014':
      return new StatementTimeoutError(store, doing, thrown);
    case '55P03':
      return new StoreBusyError(store, statementTimeoutMs, thrown);
    case '53100':
      return new StoreFullError(store, thrown);
    case '25006':
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
