import type { MariadbFlavor } from './connection-target.js';
import { differencesOf } from './mariadb-flavor.js';

/** What the limits of a session are made of. */
export interface SessionLimits {
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

// strict: what does not fit is an error and not a shorter value; and nothing that changes what quotes, pipes and backslashes mean
const SQL_MODE =
  'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE';

/** How much of a text counts when rows are sorted. */
const SORTED_BYTES = 8_192;

/** The statements that make a session the one that the store relies on, whatever the server's own settings are. */
export function sessionStatements(flavor: MariadbFlavor, limits: SessionLimits): readonly string[] {
  const differences = differencesOf[flavor];
  const lockWait = lockWaitMs(limits) / 1_000;
  const settings = [
    `sql_mode = '${SQL_MODE}'`,
    `time_zone = '+00:00'`,
    // one statement is one transaction, unless it stands between START TRANSACTION and COMMIT
    'autocommit = 1',
    // the words of messages are part of one answer that we read, see collidingKey
    `lc_messages = 'en_US'`,
    // texts are sorted by their beginning; the buffer must hold some of them
    `max_sort_length = ${SORTED_BYTES}`,
    `sort_buffer_size = GREATEST(@@sort_buffer_size, ${2 ** 21})`,
    differences.limitStatements(limits.statementTimeoutMs),
    `innodb_lock_wait_timeout = ${lockWait}`,
    `lock_wait_timeout = ${lockWait}`,
    // the pool closes an idle connection before; this is for one whose client has gone without a word
    `wait_timeout = ${Math.ceil(limits.idleTimeoutMs / 1_000) + 60}`,
    // for a client that is frozen in the middle of one: others wait for its rows
    differences.limitIdleTransactions(Math.ceil(limits.statementTimeoutMs / 1_000) + 1),
  ];
  return [
    `SET SESSION ${settings.filter((setting) => setting !== '').join(', ')}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  ];
}

/** How long a statement waits for the locks of others: most of the time that it has, in whole seconds, which is all that the server knows. */
export function lockWaitMs({ statementTimeoutMs }: Pick<SessionLimits, 'statementTimeoutMs'>): number {
  return Math.max(1, Math.floor((0.8 * statementTimeoutMs) / 1_000)) * 1_000;
}
