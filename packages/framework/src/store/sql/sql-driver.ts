/** One statement with its bound values. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Set for statements that come again and again: the driver keeps them prepared under this name, on each connection. */
  readonly name?: string;
  /** How many rows it must match; otherwise it fails with a `StatementFailure` of kind `rows`. */
  readonly expects?: number;
}

export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** How many rows it has given, or a write has matched (also when the values were the same before). */
  readonly affected: number;
}

/** A transaction on one connection, READ COMMITTED. */
export interface SqlTransaction {
  /**
   * Carries statements out in their order and gives their results, in one round trip where the engine can. Rejects with the first failure, in
   * the order of the statements; those behind it have no effect then, and the transaction can only be rolled back.
   * @param last nothing comes after these: the driver may send COMMIT along with them when none of them `expects` a number of rows
   * @throws StatementFailure where who wrote the statement must tell what the failure means
   */
  run(statements: readonly Statement[], last?: 'last'): Promise<StatementResult[]>;
}

/** What a transaction needs to know beside its statements. */
export interface TransactionOptions {
  /**
   * What to do when the connection broke after COMMIT was sent: asked on a new connection, in a transaction of its own that is committed before
   * the answer counts, until there is an answer or the limit is over. Without it the transaction rejects with `ConnectionLostError`.
   */
  readonly hasHappened?: (transaction: SqlTransaction) => Promise<boolean>;
  /** For `CommitUnknownError`. */
  readonly planId?: string;
  /** In place of `statementTimeoutMs`: for statements that make tables and indexes. */
  readonly statementTimeoutMs?: number;
}

/**
 * A database server through its driver and a pool. Its life cycle is kept by `SqlDatabase`: nothing is called before `open` has
 * resolved, nor after `close`.
 *
 * All that it rejects with is an error of the kernel, or a `StatementFailure` from `run`.
 */
export interface SqlDriver {
  /** For messages: the URL without user and password. */
  readonly name: string;

  /** Makes the first connection. Holds nothing when it has rejected. */
  open(): Promise<void>;

  /** One statement by itself, outside of any transaction. `doing` is for messages: `reading orders`. */
  query(doing: string, statement: Statement): Promise<StatementResult>;

  /** Commits when `work` has resolved, rolls back when it rejects; what it rejects with gets out. */
  transaction<T>(
    doing: string,
    work: (transaction: SqlTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;

  /** Tells other processes, and hears from them, that events were committed. Undefined where the engine can't. */
  readonly signals?: CommitSignals;

  /** Ends all connections. Nothing is under way by then. */
  close(): Promise<void>;
}

export interface CommitSignals {
  /** Tells soon, and once for several calls. Never throws: who misses it polls. */
  notify(): void;
  /** Calls `listener` when anybody has told, and when the connection was lost for a while. Gives a function that takes it off. */
  listen(listener: () => void): () => void;
}
