import { sql } from 'kysely';
import type { RequestMark, RequestRecord, RequestRecords } from '../request-records.js';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Statement } from './sql-driver.js';

type Bound = 'key' | 'fingerprint' | 'answer' | 'table' | 'id' | 'withdrawn';

/** Requests that were answered, in a table. */
export class SqlRequestRecords implements RequestRecords {
  readonly #find: Prepared<'key'>;
  readonly #insert: Prepared<Bound>;
  readonly #withdraw: Prepared<'key'>;
  readonly #prune: Prepared<'age' | 'limit'>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
  ) {
    const { nowMs, deleteLowest } = dialect.expressions;
    const table = sql`skanu_requests`;
    this.#find = new Prepared(
      dialect,
      (slot) => sql`SELECT fingerprint, answer, subject_table, subject_id,
        CASE WHEN withdrawn THEN 1 ELSE 0 END AS is_withdrawn FROM ${table} WHERE key_id = ${slot('key')}`,
    );
    this.#insert = new Prepared(dialect, (slot) => {
      const values = (['key', 'fingerprint', 'answer', 'table', 'id', 'withdrawn'] as const).map(slot);
      return sql`INSERT INTO ${table} (key_id, fingerprint, answer, subject_table, subject_id, withdrawn, created_at)
        VALUES (${sql.join([...values, nowMs])})`;
    });
    this.#withdraw = new Prepared(
      dialect,
      (slot) => sql`UPDATE ${table} SET withdrawn = TRUE WHERE key_id = ${slot('key')} AND NOT withdrawn`,
    );
    this.#prune = new Prepared(dialect, (slot) => {
      // a subquery, so that PostgreSQL asks the clock once and can look the times up in the index
      const isOld = sql`created_at < (SELECT ${nowMs} - ${slot('age')})`;
      return deleteLowest(table, [sql`key_id`], isOld, sql`created_at`, slot('limit'));
    });
  }

  async find(key: string): Promise<RequestRecord | undefined> {
    const { toNumber } = this.dialect.values;
    const statement = this.#find.bind({ key: identityText(key) });
    const row = (await this.database.query('reading a request', statement)).rows[0];
    if (!row) return undefined;
    const { subject_table: table, subject_id: id } = row;
    return {
      key,
      fingerprint: row['fingerprint'] as string,
      answer: row['answer'] as string,
      subject: table === null ? null : { table: table as string, id: toNumber(id) },
      isWithdrawn: toNumber(row['is_withdrawn']) === 1,
    };
  }

  async prune(ageMs: number, limit: number): Promise<number> {
    const statement = this.#prune.bind({ age: Math.ceil(ageMs), limit });
    return (await this.database.query('pruning the requests', statement)).affected;
  }

  /** Sets the mark of a plan; fails with a `StatementFailure` when the record is not as the mark says. */
  mark(mark: RequestMark): Statement {
    const key = identityText(mark.key);
    if (mark.kind === 'answered') {
      const { fingerprint, answer, subject } = mark;
      const { table = null, id = null } = subject ?? {};
      return this.#insert.bind({ key, fingerprint, answer, table, id, withdrawn: false });
    }
    if (mark.knows) return this.#withdraw.bind({ key }, 1);
    return this.#insert.bind({ key, fingerprint: '', answer: '', table: null, id: null, withdrawn: true });
  }
}
