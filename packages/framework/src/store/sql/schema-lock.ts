import { StoreBusyError } from '../../kernel/errors/store-errors.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlTransaction, TransactionOptions } from './sql-driver.js';
import { StatementFailure } from './statement-failure.js';

/** An index over many rows takes its time, and so does the turn of those who start at once. */
const LIMIT_MS = 600_000;
export const SCHEMA_LIMITS: TransactionOptions = { statementTimeoutMs: LIMIT_MS };

/** Runs `work` while no other process makes or changes tables. `store` is for messages. @throws StoreBusyError */
export async function underSchemaLock<T>(
  transaction: SqlTransaction,
  { locks }: SqlDialect,
  store: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await transaction.run([locks.schema.acquire]);
  } catch (error) {
    throw error instanceof StatementFailure ? new StoreBusyError(store, LIMIT_MS, error) : error;
  }
  if (!locks.schema.release) return work();
  try {
    return await work();
  } finally {
    await transaction.run([locks.schema.release]);
  }
}
