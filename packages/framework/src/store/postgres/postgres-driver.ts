import { backoffMs } from '../../kernel/backoff.js';
import { CommitUnknownError, ConnectionLostError } from '../../kernel/errors/store-errors.js';
import { ConnectionPool } from '../sql/connection-pool.js';
import type {
  SqlDriver,
  SqlTransaction,
  Statement,
  StatementResult,
  TransactionOptions,
} from '../sql/sql-driver.js';
import type { SqlStoreOptions } from '../sql/sql-store-options.js';
import { lockWaitMs, PostgresConnection, type PostgresConnectionOptions } from './postgres-connection.js';
import { storeError } from './postgres-errors.js';
import { PostgresSignals } from './postgres-signals.js';
import type { PostgresTarget } from './postgres-target.js';
import { AnswerLost, PostgresTransaction } from './postgres-transaction.js';

/** How long the database is asked what became of a commit. */
const ASK_LIMIT_MS = 10_000;
const ASK_AGAIN = { baseMs: 50, capMs: 1_000 };

export type PostgresDriverOptions = Omit<SqlStoreOptions, 'url' | 'user' | 'password' | 'schema'> & {
  readonly target: PostgresTarget;
};

/** PostgreSQL through `pg`, with a pool of our own: the driver's tells an exhausted pool from a server that is away by words only. */
export class PostgresDriver implements SqlDriver {
  readonly name: string;
  readonly signals: PostgresSignals;
  readonly #pool: ConnectionPool<PostgresConnection>;

  constructor(private readonly options: PostgresDriverOptions) {
    const { target, tls, connectTimeoutMs, statementTimeoutMs, poolSize, idleTimeoutMs } = options;
    const connection: PostgresConnectionOptions = { target, tls, connectTimeoutMs, statementTimeoutMs };
    this.name = target.name;
    this.#pool = new ConnectionPool({
      name: target.name,
      size: poolSize,
      waitLimitMs: connectTimeoutMs,
      idleTimeoutMs,
      connect: () => PostgresConnection.open(connection),
    });
    this.signals = new PostgresSignals({ ...options, connect: () => PostgresConnection.open(connection) });
  }

  async open(): Promise<void> {
    await this.#pool.use(async () => {});
  }

  query(doing: string, statement: Statement): Promise<StatementResult> {
    return this.#pool.use(async (connection) => {
      const [answer] = await connection.send([statement]);
      if ('result' in answer!) return answer.result;
      throw storeError(answer!.error, {
        store: this.name,
        doing,
        lockWaitMs: lockWaitMs(this.options),
        isLost: connection.isBroken,
      });
    });
  }

  async transaction<T>(
    doing: string,
    work: (transaction: SqlTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    let result: { readonly value: T } | undefined;
    try {
      return await this.#attempt(
        doing,
        async (transaction) => {
          result = { value: await work(transaction) };
          return result.value;
        },
        options,
      );
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      const { hasHappened, planId = 'without an id' } = options;
      if (result && hasHappened && (await this.#ask(hasHappened, planId))) return result.value;
      throw new ConnectionLostError(this.name, error.cause);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.signals.close(), this.#pool.end()]);
  }

  /** @throws AnswerLost */
  #attempt<T>(
    doing: string,
    work: (transaction: SqlTransaction) => Promise<T>,
    { hasHappened, statementTimeoutMs }: TransactionOptions,
  ): Promise<T> {
    return this.#pool.use(async (connection) => {
      const transaction = new PostgresTransaction(connection, {
        store: this.name,
        doing,
        lockWaitMs: lockWaitMs(this.options),
        statementTimeoutMs,
        isAskable: hasHappened !== undefined,
      });
      let result: T;
      try {
        result = await work(transaction);
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
      await transaction.commit();
      return result;
    });
  }

  /** Whether a transaction whose answer was lost has happened. */
  async #ask(hasHappened: NonNullable<TransactionOptions['hasHappened']>, planId: string): Promise<boolean> {
    const { clock, random } = this.options;
    const deadline = clock.now() + ASK_LIMIT_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt('asking what became of a commit', hasHappened, {});
      } catch (error) {
        if (clock.now() >= deadline) throw new CommitUnknownError(this.name, planId, error);
        await clock.sleep(backoffMs(ASK_AGAIN, attempt, random));
      }
    }
  }
}
