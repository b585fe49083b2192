import type { MariadbFlavor } from './connection-target.js';

/** All in which MySQL 8 differs from MariaDB, as far as the store can tell. */
export interface FlavorDifferences {
  /** For messages. */
  readonly product: string;
  /** Compares by code point, and blanks at the end count. */
  readonly textCollation: string;
  /** `SET` assignments that limit a statement. MySQL ends only those that read; the client's own limit is all that holds the others. */
  limitStatements(limitMs: number): string;
  /** `SET` assignments that free the locks of a client that went away in the middle of a transaction without a word. */
  limitIdleTransactions(limitSeconds: number): string;
}

export const differencesOf: Readonly<Record<MariadbFlavor, FlavorDifferences>> = {
  mariadb: {
    product: 'MariaDB',
    textCollation: 'utf8mb4_nopad_bin',
    limitStatements: (limitMs) => `max_statement_time = ${limitMs / 1_000}`,
    limitIdleTransactions: (limitSeconds) => `idle_transaction_timeout = ${limitSeconds}`,
  },
  mysql: {
    product: 'MySQL',
    textCollation: 'utf8mb4_0900_bin',
    limitStatements: (limitMs) => `max_execution_time = ${Math.round(limitMs)}`,
    // it has none; `wait_timeout` ends such a session, which is a minute after the pool would have closed it
    limitIdleTransactions: () => '',
  },
};

/** Which of the two a server is, by its `version()`. */
export function flavorOf(version: string): MariadbFlavor {
  return /mariadb/i.test(version) ? 'mariadb' : 'mysql';
}
