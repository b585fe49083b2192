import type { SqlLocks } from '../sql/sql-dialect.js';

/** How many rows `skanu_locks` has. */
export const LOCKS = 1_024;

const SLOT = `SELECT slot FROM skanu_locks WHERE slot = CRC32(?) MOD ${LOCKS}`;
// LOCK IN SHARE MODE and not FOR SHARE: MariaDB knows no other
const LOCK = { shared: `${SLOT} LOCK IN SHARE MODE`, exclusive: `${SLOT} FOR UPDATE` };
/** Locks of this kind are known to the whole server, so the name tells databases apart. */
const SCHEMA = `CONCAT('skanu ', MD5(DATABASE()))`;
/** Shorter than the limit on statements that make tables. */
const SCHEMA_WAIT_S = 590;

/**
 * The locks of the engine that end with a transaction are locks of rows. So there is a table of some rows, and a name stands for one of them: a row for
 * each name would be a row for each key that ever came by.
 */
export const mariadbLocks: SqlLocks = {
  lock: (name, mode) => ({ sql: LOCK[mode], parameters: [name], name: `skanu_lock_${mode}` }),
  schema: {
    // not a row: every change of a table ends the transaction
    acquire: [
      {
        // when it is not given, the answer is 0, or null when the server ended the statement: no error
        sql: `SELECT 1 AS one FROM (SELECT GET_LOCK(${SCHEMA}, ${SCHEMA_WAIT_S}) AS given) AS attempt WHERE given = 1`,
        parameters: [],
        expects: 1,
      },
    ],
    release: { sql: `SELECT RELEASE_LOCK(${SCHEMA})`, parameters: [] },
  },
};
