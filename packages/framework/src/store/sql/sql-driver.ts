import type { SkanuError } from '../../kernel/errors/skanu-error.js';

/** One statement with its bound values. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Set for statements that come again and again: the driver keeps them prepared under this name, on each connection. */
  readonly name?: string;
}

export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** How many rows a write has matched. */
  readonly affected: number;
}

/** A transaction on one connection, READ COMMITTED. */
export interface SqlTransaction {
  /**
   * Carries statements out in their order and gives their results, in one round trip where the engine can. Rejects with the first failure; the
   * statements behind it have no effect then.
   */
  run(statements: readonly Statement[]): Promise<StatementResult[]>;
}

/** What a write needs to know beside its statements. */
export interface TransactionOptions {
  /**
   * What to do when the connection broke after COMMIT was sent: asked on a new connection, until there is an answer or the limit is over. Without
   * it the write rejects with `ConnectionLostError`.
   */
  readonly hasHappened?: (transaction: SqlTransaction) => Promise<boolean>;
  /** For `CommitUnknownError`. */
  readonly planId?: string;
}

/** A database server through its driver and a pool. All that it rejects with is an error of the kernel. */
export interface SqlDriver {
  /** For messages: the URL without user and password. */
  readonly name: string;

  /** Makes the first connection. May be called again after it has rejected. */
  open(): Promise<void>;

  /** One statement by itself, outside of any transaction. `doing` is for messages: `reading orders`. */
  query(doing: string, statement: Statement): Promise<StatementResult>;

  /** Commits when `work` has resolved, rolls back when it rejects. */
  transaction<T>(doing: string, work: (transaction: SqlTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;

  /** Waits for what was begun, then ends all connections. */
  close(): Promise<void>;
}

/** How an engine's errors are told apart. `doing` is for messages. */
export type SqlErrorOf = (thrown: unknown, doing: string) => SkanuError;
