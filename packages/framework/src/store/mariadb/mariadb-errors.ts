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
  UniqueViolationError,
} from '../../kernel/errors/store-errors.js';

/** What went wrong, as far as the store tells it apart. */
export type MariadbFault =
  | 'unique'
  | 'deadlock'
  | 'serialization'
  | 'busy'
  | 'timeout'
  | 'full'
  | 'read-only'
  | 'login'
  | 'rights'
  | 'crowded'
  | 'tls'
  | 'lost'
  | 'other';

/** By the number that the server sends. MariaDB and MySQL share those below 1900; above, each has its own. */
const faultOfNumber: Readonly<Record<number, MariadbFault>> = {
  1022: 'unique', // ER_DUP_KEY
  1062: 'unique', // ER_DUP_ENTRY
  1586: 'unique', // ER_DUP_ENTRY_WITH_KEY_NAME
  1213: 'deadlock', // ER_LOCK_DEADLOCK
  1614: 'deadlock', // ER_XA_RBDEADLOCK
  1020: 'serialization', // ER_CHECKREAD: the row has changed since it was read
  1412: 'serialization', // ER_TABLE_DEF_CHANGED: the table was altered since the transaction began
  1615: 'serialization', // ER_NEED_REPREPARE: tables are altered faster than statements can be prepared
  1205: 'busy', // ER_LOCK_WAIT_TIMEOUT
  3572: 'busy', // ER_LOCK_NOWAIT
  1317: 'timeout', // ER_QUERY_INTERRUPTED: KILL QUERY
  1969: 'timeout', // ER_STATEMENT_TIMEOUT of MariaDB
  3024: 'timeout', // ER_QUERY_TIMEOUT of MySQL
  1021: 'full', // ER_DISK_FULL
  1114: 'full', // ER_RECORD_FILE_FULL
  1036: 'read-only', // ER_OPEN_AS_READONLY
  1290: 'read-only', // ER_OPTION_PREVENTS_STATEMENT: --read-only
  1792: 'read-only', // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836: 'read-only', // ER_READ_ONLY_MODE
  1874: 'read-only', // ER_INNODB_READ_ONLY
  3989: 'read-only', // ER_SCHEMA_READ_ONLY of MySQL
  1045: 'login', // ER_ACCESS_DENIED_ERROR
  1049: 'login', // ER_BAD_DB_ERROR
  1129: 'login', // ER_HOST_IS_BLOCKED
  1130: 'login', // ER_HOST_NOT_PRIVILEGED
  1251: 'login', // ER_NOT_SUPPORTED_AUTH_MODE
  1524: 'login', // ER_PLUGIN_IS_NOT_LOADED
  1698: 'login', // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  1820: 'login', // ER_MUST_CHANGE_PASSWORD
  1862: 'login', // ER_MUST_CHANGE_PASSWORD_LOGIN
  3118: 'login', // ER_ACCOUNT_HAS_BEEN_LOCKED of MySQL
  4151: 'login', // ER_ACCOUNT_HAS_BEEN_LOCKED of MariaDB
  1044: 'rights', // ER_DBACCESS_DENIED_ERROR
  1142: 'rights', // ER_TABLEACCESS_DENIED_ERROR
  1143: 'rights', // ER_COLUMNACCESS_DENIED_ERROR
  1227: 'rights', // ER_SPECIFIC_ACCESS_DENIED_ERROR
  1040: 'crowded', // ER_CON_COUNT_ERROR
  1203: 'crowded', // ER_TOO_MANY_USER_CONNECTIONS
  1226: 'crowded', // ER_USER_LIMIT_REACHED
  1461: 'crowded', // ER_MAX_PREPARED_STMT_COUNT_REACHED
  1053: 'lost', // ER_SERVER_SHUTDOWN
  1077: 'lost', // ER_NORMAL_SHUTDOWN
  1079: 'lost', // ER_SHUTDOWN_COMPLETE
  1080: 'lost', // ER_FORCING_CLOSE
  1152: 'lost', // ER_ABORTING_CONNECTION
  1158: 'lost', // ER_NET_READ_ERROR
  1159: 'lost', // ER_NET_READ_INTERRUPTED
  1160: 'lost', // ER_NET_ERROR_ON_WRITE
  1161: 'lost', // ER_NET_WRITE_INTERRUPTED
  1927: 'lost', // ER_CONNECTION_KILLED of MariaDB
  3169: 'lost', // ER_SESSION_WAS_KILLED of MySQL
  4031: 'lost', // ER_CLIENT_INTERACTION_TIMEOUT of MySQL
};

/** Errors that say which error of the operating system they were, in their message only. */
const fileErrors: ReadonlySet<number> = new Set([
  3, // EE_WRITE: a temporary file, or a log
  1026, // ER_ERROR_ON_WRITE
  1030, // ER_GET_ERRNO: the engine
]);
/** ENOSPC behind `Errcode: `, `errno: `, `OS errno ` or `Got error `. */
const NO_SPACE = /(?:errcode:|errno:?|got error) 28\b/i;

/** What the driver throws: the server's errors have a number, those of the socket and of the driver a code. */
interface Thrown {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly sqlMessage?: unknown;
}

/** Tells faults apart by the server's error number; what has none comes from the socket. */
export function mariadbFault(thrown: unknown): MariadbFault {
  const { code, errno, sqlState, sqlMessage } = thrown as Thrown;
  // the errors of sockets have a number too, that of the operating system
  if (typeof errno === 'number' && typeof sqlState === 'string') {
    const isFull = fileErrors.has(errno) && typeof sqlMessage === 'string' && NO_SPACE.test(sqlMessage);
    return isFull ? 'full' : (faultOfNumber[errno] ?? 'other');
  }
  if (code === 'HANDSHAKE_SSL_ERROR' || code === 'HANDSHAKE_NO_SSL_SUPPORT') return 'tls';
  // a parameter that can't be bound is a mistake of ours, and leaves the connection as it was
  return thrown instanceof TypeError || thrown instanceof RangeError ? 'other' : 'lost';
}

/**
 * The name of the key that a row collides with. The server tells it in the message only, at its end: what a user wrote comes before it
 * and can't look like it. Undefined: the message is in words that we do not know.
 */
export function collidingKey(thrown: unknown): string | undefined {
  const { sqlMessage } = thrown as Thrown;
  // MySQL puts the table before the key
  return typeof sqlMessage === 'string' ? /'(?:[^'.]+\.)?([^']+)'$/.exec(sqlMessage)?.[1] : undefined;
}

/** What is known where something was thrown. */
export interface MariadbErrorContext {
  /** For messages. */
  readonly store: string;
  /** For messages. */
  readonly doing: string;
  /** How long a statement waits for the locks of others, in milliseconds. */
  readonly lockWaitMs: number;
}

/** What was thrown while a connection was made. */
export function connectError(thrown: unknown, store: string): SkanuError {
  if (thrown instanceof SkanuError) return thrown;
  return new StoreUnavailableError(store, thrown, connectHelp[mariadbFault(thrown)]);
}

const connectHelp: Partial<Readonly<Record<MariadbFault, string>>> = {
  login: 'The server refused the login: check DATABASE_USER, DATABASE_PASSWORD and the name of the database.',
  rights: 'The server refused the login: let the user use that database.',
  tls: 'The server has no TLS, or a certificate that is not trusted: check DATABASE_TLS and DATABASE_TLS_CA.',
  crowded: 'The server has no connection left: lower DATABASE_POOL_SIZE, or raise max_connections.',
};

/** What was thrown on a connection, as an error of the store. Errors of our own stay what they are. */
export function statementError(
  thrown: unknown,
  { store, doing, lockWaitMs }: MariadbErrorContext,
): SkanuError {
  if (thrown instanceof SkanuError) return thrown;
  const fault = mariadbFault(thrown);
  switch (fault) {
    case 'unique':
      return new UniqueViolationError(store, [], thrown);
    case 'deadlock':
      return new DeadlockError(store, doing, thrown);
    case 'serialization':
      return new SerializationFailureError(store, doing, thrown);
    case 'busy':
      return new StoreBusyError(store, lockWaitMs, thrown);
    case 'timeout':
      return new StatementTimeoutError(store, doing, thrown);
    case 'full':
      return new StoreFullError(store, thrown);
    case 'read-only':
      return new StoreReadOnlyError(store, thrown);
    case 'lost':
      return new ConnectionLostError(store, thrown);
    case 'rights':
      return new StoreUnavailableError(
        store,
        thrown,
        'Give the user of the database the rights that the cause names.',
      );
    case 'login':
    case 'tls':
    case 'crowded':
      return connectError(thrown, store);
    default:
      return new StoreFailedError(store, doing, thrown);
  }
}
