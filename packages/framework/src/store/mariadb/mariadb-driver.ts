import { backoffMs } from '../../kernel/backoff.js';
import {
  CommitUnknownError,
  ConnectionLostError,
  StoreReadOnlyError,
} from '../../kernel/errors/store-errors.js';
import { ConnectionPool } from '../sql/connection-pool.js';
import type {
  SqlDriver,
  SqlTransaction,
  Statement,
  StatementResult,
  TransactionOptions,
} from '../sql/sql-driver.js';
import type { SqlStoreOptions } from '../sql/sql-store-options.js';
import { StatementFailure } from '../sql/statement-failure.js';
import type { ConnectionTarget } from './connection-target.js';
import { MariadbConnection, plain } from './mariadb-connection.js';
import { collidingKey, mariadbFault, statementError } from './mariadb-errors.js';
import { lockWaitMs } from './mariadb-session.js';

const BEGIN = plain('START TRANSACTION');
const COMMIT = plain('COMMIT');
const ROLLBACK = plain('ROLLBACK');

/** How long is asked whether a commit without an answer has happened. */
const ASK_FOR_MS = 10_000;
const ASK_AGAIN = { baseMs: 100, capMs: 1_000 };

/**
 * MariaDB (or MySQL) through mysql2. That sends a statement when the one before is answered, so a transaction takes a round trip
 * for each of its statements, and one for each of START TRANSACTION and COMMIT.
 */
export class MariadbDriver implements SqlDriver {
  readonly name: string;
  readonly #pool: ConnectionPool<MariadbConnection>;

  constructor(
    target: ConnectionTarget,
    private readonly options: SqlStoreOptions,
  ) {
    this.name = target.name;
    this.#pool = new ConnectionPool({
      name: target.name,
      size: options.poolSize,
      waitLimitMs: options.connectTimeoutMs,
      idleTimeoutMs: options.idleTimeoutMs,
      connect: () => MariadbConnection.open({ ...options, target }),
    });
  }

  async open(): Promise<void> {
    await this.#pool.use(async () => {});
  }

  query(doing: string, statement: Statement): Promise<StatementResult> {
    return this.#pool.use((connection) => this.#guarded(connection, doing, connection.run(statement)));
  }

  async transaction<T>(
    doing: string,
    work: (transaction: SqlTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const { result, lost } = await this.#pool.use((connection) =>
      this.#carryOut(connection, doing, work, options),
    );
    if (lost) await this.#resolve(lost, options);
    return result;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** `lost`: the answer to the commit. */
  async #carryOut<T>(
    connection: MariadbConnection,
    doing: string,
    work: (transaction: SqlTransaction) => Promise<T>,
    { statementTimeoutMs }: TransactionOptions,
  ): Promise<{ result: T; lost?: ConnectionLostError }> {
    let result: T;
    try {
      if (statementTimeoutMs !== undefined) {
        await this.#guarded(connection, doing, connection.limitStatements(statementTimeoutMs));
      }
      await this.#guarded(connection, doing, connection.run(BEGIN));
      result = await work({ run: (statements) => this.#runAll(connection, doing, statements) });
    } catch (error) {
      await rollBack(connection);
      throw error;
    }
    try {
      await this.#guarded(connection, doing, connection.run(COMMIT));
      return { result };
    } catch (error) {
      if (error instanceof ConnectionLostError) return { result, lost: error };
      await rollBack(connection);
      throw error;
    }
  }

  async #runAll(
    connection: MariadbConnection,
    doing: string,
    statements: readonly Statement[],
  ): Promise<StatementResult[]> {
    const results: StatementResult[] = [];
    for (const [place, statement] of statements.entries()) {
      let result: StatementResult;
      try {
        result = await connection.run(statement);
      } catch (thrown) {
        if (mariadbFault(thrown) !== 'unique') throw this.#errorOf(thrown, doing, connection);
        throw new StatementFailure('unique', place, collidingKey(thrown), thrown);
      }
      if (statement.expects !== undefined && result.affected !== statement.expects) {
        throw new StatementFailure('rows', place);
      }
      results.push(result);
    }
    return results;
  }

  async #guarded<T>(connection: MariadbConnection, doing: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (thrown) {
      throw this.#errorOf(thrown, doing, connection);
    }
  }

  /**
   * Asks whether a commit has happened whose answer was lost.
   * @throws `lost`, when it has not and can't any more; CommitUnknownError, when there was no answer in time
   */
  async #resolve(lost: ConnectionLostError, { hasHappened, planId = '' }: TransactionOptions): Promise<void> {
    if (!hasHappened) throw lost;
    const { clock, random } = this.options;
    const deadline = clock.now() + ASK_FOR_MS;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.transaction('asking for a commit', hasHappened).catch((error: unknown) => ({
        error,
      }));
      if (answer === true) return;
      if (answer === false) throw lost;
      if (clock.now() >= deadline) throw new CommitUnknownError(this.name, planId, answer.error);
      await clock.sleep(backoffMs(ASK_AGAIN, attempt, random));
    }
  }

  /** Also gives up a connection to a server that can't be written to any more: the next one may lead to its successor. */
  #errorOf(thrown: unknown, doing: string, connection: MariadbConnection): Error {
    const error = statementError(thrown, { store: this.name, doing, lockWaitMs: lockWaitMs(this.options) });
    if (error instanceof ConnectionLostError || error instanceof StoreReadOnlyError) connection.destroy();
    return error;
  }
}

/** Never rejects: a connection that can't even do that is broken, and its transaction gone with it. */
async function rollBack(connection: MariadbConnection): Promise<void> {
  if (connection.isBroken) return;
  await connection.run(ROLLBACK).catch(() => connection.destroy());
}
