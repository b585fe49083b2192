import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export type SqlValue = SQLInputValue;
export type SqlRow = Record<string, SQLInputValue>;

/** How many prepared statements a connection keeps; the ones that were used longest ago go first. */
const LIMIT = 500;

/** Runs SQL with bound parameters on one connection, and prepares each text only once. */
export class StatementCache {
  readonly #prepared = new Map<string, StatementSync>();

  constructor(private readonly connection: DatabaseSync) {}

  /** All rows of a query. `R` is what the caller knows of its columns. */
  all<R extends object = SqlRow>(sql: string, parameters: readonly SqlValue[] = []): R[] {
    return this.#prepare(sql).all(...parameters) as R[];
  }

  /** The first row of a query. `R` is what the caller knows of its columns. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the compiler can't read SQL
  get<R extends object = SqlRow>(sql: string, parameters: readonly SqlValue[] = []): R | undefined {
    return this.#prepare(sql).get(...parameters) as R | undefined;
  }

  /** The rows of a query one by one, for who may stop early. Don't run the same text again before the loop has ended. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the compiler can't read SQL
  iterate<R extends object = SqlRow>(sql: string, parameters: readonly SqlValue[] = []): Iterable<R> {
    return this.#prepare(sql).iterate(...parameters) as Iterable<R>;
  }

  /** Runs a statement and tells how many rows it changed. */
  run(sql: string, parameters: readonly SqlValue[] = []): number {
    return Number(this.#prepare(sql).run(...parameters).changes);
  }

  /** Runs statements that have no parameters, such as DDL. */
  exec(sql: string): void {
    this.connection.exec(sql);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement) this.#prepared.delete(sql);
    else statement = this.connection.prepare(sql);
    this.#prepared.set(sql, statement);
    if (this.#prepared.size > LIMIT) this.#prepared.delete(this.#prepared.keys().next().value!);
    return statement;
  }
}
