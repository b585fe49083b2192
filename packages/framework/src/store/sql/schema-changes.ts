import { backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import { StoreBusyError } from '../../kernel/errors/store-errors.js';
import type { SqlLocks } from './sql-dialect.js';
import type { SqlDriver, SqlTransaction } from './sql-driver.js';
import { StatementFailure } from './statement-failure.js';

/** An index over many rows takes its time, and so does the turn of those who start at once. */
const STATEMENT_TIMEOUT_MS = 600_000;
/** How often a change is tried of tables that stay in use. */
const ATTEMPTS = 5;
const PAUSE = { baseMs: 500, capMs: 2_000 };

export interface SchemaChangesOptions {
  readonly lock: SqlLocks['schema'];
  readonly clock: Clock;
  readonly random: () => number;
}

/** Makes and changes tables, one process at a time. */
export class SchemaChanges {
  constructor(private readonly options: SchemaChangesOptions) {}

  /**
   * Runs `work` in a transaction while no other process makes or changes tables. Whoever comes behind a change that waits for its table waits as well:
   * so it does not wait for long, but gives way and is tried again. On engines that commit each change of a table by itself, `work` must go
   * on where an earlier attempt has stopped.
   * @throws StoreBusyError when the tables stay in use, or other processes take longer than minutes
   */
  async carryOut<T>(
    database: Pick<SqlDriver, 'name' | 'transaction'>,
    doing: string,
    work: (transaction: SqlTransaction) => Promise<T>,
  ): Promise<T> {
    const { clock, random } = this.options;
    const began = clock.now();
    for (let attempt = 1; ; attempt++) {
      let hadItsTurn: boolean | undefined;
      try {
        return await database.transaction(
          doing,
          async (transaction) => {
            await this.#acquire(transaction, database.name);
            hadItsTurn = true;
            return this.#released(transaction, work);
          },
          { statementTimeoutMs: STATEMENT_TIMEOUT_MS },
        );
      } catch (error) {
        if (!(error instanceof StoreBusyError)) throw error;
        if (!hadItsTurn || attempt === ATTEMPTS)
          throw new StoreBusyError(database.name, clock.now() - began, error.cause);
        await clock.sleep(backoffMs(PAUSE, attempt, random));
      }
    }
  }

  async #acquire(transaction: SqlTransaction, store: string): Promise<void> {
    try {
      await transaction.run(this.options.lock.acquire);
    } catch (error) {
      throw error instanceof StatementFailure
        ? new StoreBusyError(store, STATEMENT_TIMEOUT_MS, error)
        : error;
    }
  }

  async #released<T>(
    transaction: SqlTransaction,
    work: (transaction: SqlTransaction) => Promise<T>,
  ): Promise<T> {
    const { release } = this.options.lock;
    if (!release) return work(transaction);
    try {
      return await work(transaction);
    } finally {
      await transaction.run([release]);
    }
  }
}
