import { sql } from 'kysely';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlTransaction, Statement } from './sql-driver.js';

/** Nobody asks for so long whether a plan has happened. */
const LONGEST_DOUBT_MS = 3_600_000;

/**
 * The ids of plans that have happened, for those that have no inbox mark: so that the database can be asked when its answer to a COMMIT was
 * lost.
 */
export class SqlCommits {
  readonly #record: Prepared<'plan'>;
  readonly #forbid: Prepared<'plan'>;
  readonly #hasHappened: Prepared<'plan'>;
  readonly #prune: Prepared<'age' | 'limit'>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
  ) {
    const { nowMs, insertOrIgnore, deleteLowest } = dialect.expressions;
    const table = sql`skanu_commits`;
    const columns = [sql`plan_id`, sql`happened`, sql`committed_at`];
    this.#record = new Prepared(
      dialect,
      (slot) => sql`INSERT INTO ${table} (${sql.join(columns)}) VALUES (${slot('plan')}, TRUE, ${nowMs})`,
    );
    this.#forbid = new Prepared(dialect, (slot) =>
      insertOrIgnore(table, columns, sql`VALUES (${slot('plan')}, FALSE, ${nowMs})`),
    );
    this.#hasHappened = new Prepared(
      dialect,
      (slot) => sql`SELECT 1 AS one FROM ${table} WHERE plan_id = ${slot('plan')} AND happened`,
    );
    this.#prune = new Prepared(dialect, (slot) => {
      const isOld = sql`committed_at < ${nowMs} - ${slot('age')}`;
      return deleteLowest(table, [sql`plan_id`], isOld, sql`committed_at`, slot('limit'));
    });
  }

  /** Notes that a plan happens; collides when it has happened, or was forbidden. */
  record(plan: string): Statement {
    return this.#record.bind({ plan: identityText(plan) });
  }

  /**
   * Whether a plan has happened; if it has not, it never will. The row that forbids it has the id that the plan would write: to insert it
   * waits for a transaction of the plan that is still undecided, and makes one that comes late collide. It says `happened = FALSE`, so that this
   * question may be asked again when its own answer was lost.
   */
  async hasHappened(transaction: SqlTransaction, plan: string): Promise<boolean> {
    const id = { plan: identityText(plan) };
    const [, happened] = await transaction.run([this.#forbid.bind(id), this.#hasHappened.bind(id)], 'last');
    return happened!.rows.length > 0;
  }

  /** Forgets the oldest, and tells how many. */
  async prune(ageMs: number, limit: number): Promise<number> {
    const statement = this.#prune.bind({ age: Math.min(ageMs, LONGEST_DOUBT_MS), limit });
    return (await this.database.query('pruning the commits', statement)).affected;
  }
}
