import { sql } from 'kysely';
import type { IdBlock } from '../store.js';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';

/** The next id of each table, in a table. */
export class SqlIds {
  readonly #take: Prepared<'table' | 'count'>;
  readonly #next: Prepared<'table'>;
  readonly #begin: Prepared<'table'>;
  readonly #release: Prepared<'table' | 'first' | 'next'>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
  ) {
    this.#take = new Prepared(
      dialect,
      (slot) => sql`UPDATE skanu_ids SET next = next + ${slot('count')} WHERE table_name = ${slot('table')}`,
    );
    this.#next = new Prepared(
      dialect,
      (slot) => sql`SELECT next FROM skanu_ids WHERE table_name = ${slot('table')}`,
    );
    this.#begin = new Prepared(dialect, (slot) =>
      dialect.expressions.insertOrIgnore(
        sql`skanu_ids`,
        [sql`table_name`, sql`next`],
        sql`VALUES (${slot('table')}, 1)`,
      ),
    );
    this.#release = new Prepared(
      dialect,
      (slot) =>
        sql`UPDATE skanu_ids SET next = ${slot('first')} WHERE table_name = ${slot('table')} AND next = ${slot('next')}`,
    );
  }

  async reserve(tableName: string, count: number): Promise<IdBlock> {
    const table = identityText(tableName);
    const statements = [this.#take.bind({ table, count }), this.#next.bind({ table })];
    // the update holds the row until the commit, so what is read behind it is what it wrote
    const [taken, read] = await this.database.transaction('reserving ids', (transaction) =>
      transaction.run(statements, 'last'),
    );
    if (taken!.affected === 0) {
      // the first ids of the table; by itself, so that nobody waits for two locks
      await this.database.query('reserving ids', this.#begin.bind({ table }));
      return this.reserve(tableName, count);
    }
    const next = this.dialect.values.toNumber(read!.rows[0]!['next']);
    return { first: next - count, last: next - 1 };
  }

  async release(tableName: string, { first, last }: IdBlock): Promise<void> {
    if (first > last) return;
    const values = { table: identityText(tableName), first, next: last + 1 };
    await this.database.query('releasing ids', this.#release.bind(values));
  }
}
