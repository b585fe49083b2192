import { sql } from 'kysely';
import type { AbandonedCall, CallIntent, CallIntents } from '../call-intents.js';
import { GroupedWrites } from './grouped-writes.js';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect, SqlValues } from './sql-dialect.js';
import type { Statement, StatementResult } from './sql-driver.js';

type Row = StatementResult['rows'][number];

/** What `skanu_calls` keeps of a call as JSON. */
type Described = Pick<CallIntent, 'id' | 'operation'>;

/** How many whose hold is over are abandoned at a time; the rest with the next question. */
const OVERDUE_LIMIT = 1_000;

/** Intents of calls in a table. `due_at` is the end of the hold until a call is abandoned, and when to undo it from then on. */
export class SqlCallIntents implements CallIntents {
  readonly #open: Prepared<'calls'>;
  readonly #keep: Prepared<'id'>;
  readonly #abandon: Prepared<'ids'>;
  readonly #isDue: Prepared<never>;
  readonly #overdue: Prepared<'limit'>;
  readonly #due: Prepared<'limit'>;
  readonly #claim: Prepared<'ids' | 'again'>;
  readonly #undone: Prepared<'id'>;
  readonly #failed: Prepared<'id' | 'again' | 'reason'>;
  readonly #abandoned: Prepared<'limit'>;
  readonly #status: Prepared<never>;
  readonly #opening: GroupedWrites<CallIntent>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
  ) {
    const { nowMs, insertOrIgnore, rowsIn, updateListed } = dialect.expressions;
    const table = sql`skanu_calls`;
    // a subquery, so that PostgreSQL asks the clock once and can look the times up in the index
    const isOver = sql`due_at <= (SELECT ${nowMs})`;
    this.#open = new Prepared(dialect, (slot) => {
      const columns = ['id', 'record', 'begun_at', 'due_at', 'attempts'].map((name) => sql.id(name));
      const given = rowsIn(slot('calls'), { id: 'text', record: 'text', hold: 'integer' }, 'given');
      const values = sql`SELECT given.id, given.record, ${nowMs}, ${nowMs} + given.hold, 0 FROM ${given}`;
      return insertOrIgnore(table, columns, values);
    });
    this.#keep = new Prepared(
      dialect,
      (slot) => sql`DELETE FROM ${table} WHERE id = ${slot('id')} AND abandoned_at IS NULL`,
    );
    this.#abandon = new Prepared(dialect, (slot) => {
      const times = sql`abandoned_at = ${nowMs}, due_at = ${nowMs}`;
      return updateListed(table, times, sql`id`, slot('ids'), sql`abandoned_at IS NULL`);
    });
    this.#isDue = new Prepared(
      dialect,
      () => sql`SELECT 1 AS one FROM ${table} WHERE ${isOver} ORDER BY due_at LIMIT 1`,
    );
    // who is about to keep a call has locked it, and is not waited for: so that no two wait for each other
    this.#overdue = new Prepared(
      dialect,
      (slot) => sql`SELECT id FROM ${table} WHERE ${isOver} AND abandoned_at IS NULL
        ORDER BY due_at LIMIT ${slot('limit')} FOR UPDATE SKIP LOCKED`,
    );
    const call = sql`id, record, attempts, begun_at, reason`;
    this.#due = new Prepared(
      dialect,
      (slot) => sql`SELECT ${call} FROM ${table} WHERE ${isOver} AND abandoned_at IS NOT NULL
        ORDER BY due_at LIMIT ${slot('limit')} FOR UPDATE SKIP LOCKED`,
    );
    this.#claim = new Prepared(dialect, (slot) =>
      updateListed(table, sql`due_at = ${nowMs} + ${slot('again')}`, sql`id`, slot('ids'), sql`TRUE`),
    );
    this.#undone = new Prepared(dialect, (slot) => sql`DELETE FROM ${table} WHERE id = ${slot('id')}`);
    this.#failed = new Prepared(
      dialect,
      (slot) => sql`UPDATE ${table} SET due_at = ${nowMs} + ${slot('again')}, attempts = attempts + 1,
        reason = ${slot('reason')} WHERE id = ${slot('id')} AND abandoned_at IS NOT NULL`,
    );
    this.#abandoned = new Prepared(
      dialect,
      (slot) => sql`SELECT ${call} FROM ${table} WHERE abandoned_at IS NOT NULL
        ORDER BY abandoned_at, begun_at, id LIMIT ${slot('limit')}`,
    );
    this.#status = new Prepared(
      dialect,
      () => sql`SELECT count(*) AS how_many, min(abandoned_at) AS oldest FROM ${table}
        WHERE abandoned_at IS NOT NULL`,
    );
    this.#opening = new GroupedWrites((intents) =>
      this.database.query('noting calls', this.#open.bind({ calls: JSON.stringify(intents.map(boundCall)) })),
    );
  }

  open(intent: CallIntent): Promise<void> {
    return this.#opening.add(intent);
  }

  /** For the plan that keeps a call. Matches no row when the call is abandoned, or undone. */
  keep(id: string): Statement {
    return this.#keep.bind({ id: identityText(id) }, 1);
  }

  async abandon(ids: readonly string[]): Promise<void> {
    const statement = this.#abandon.bind({ ids: this.#list(inOrder(ids).map(identityText)) });
    await this.database.query('abandoning calls', statement);
  }

  async due(limit: number, againMs: number): Promise<AbandonedCall[]> {
    const doing = 'reading calls to undo';
    // mostly nothing is: that takes one question and no lock
    const { rows } = await this.database.query(doing, this.#isDue.bind({}));
    if (rows.length === 0) return [];
    return this.database.transaction(doing, async (transaction) => {
      const [overdue] = await transaction.run([this.#overdue.bind({ limit: OVERDUE_LIMIT })]);
      const abandon = this.#abandon.bind({ ids: this.#listed(overdue!) });
      const [, due] = await transaction.run([abandon, this.#due.bind({ limit })]);
      const claim = this.#claim.bind({ ids: this.#listed(due!), again: Math.ceil(againMs) });
      await transaction.run([claim], 'last');
      return due!.rows.map((row) => abandonedCallOf(row, this.dialect.values));
    });
  }

  async undone(id: string): Promise<void> {
    await this.database.query('noting an undone call', this.#undone.bind({ id: identityText(id) }));
  }

  async failed(id: string, againMs: number, reason: string): Promise<void> {
    const statement = this.#failed.bind({
      id: identityText(id),
      again: Math.ceil(againMs),
      reason: JSON.stringify(reason),
    });
    await this.database.query('noting a failed undo', statement);
  }

  async abandoned(limit: number): Promise<AbandonedCall[]> {
    const { rows } = await this.database.query('reading abandoned calls', this.#abandoned.bind({ limit }));
    return rows.map((row) => abandonedCallOf(row, this.dialect.values));
  }

  async status(): Promise<{ readonly abandoned: number; readonly oldestAt: number | null }> {
    const { toNumber } = this.dialect.values;
    const { rows } = await this.database.query('reading abandoned calls', this.#status.bind({}));
    const { how_many: abandoned, oldest } = rows[0]!;
    return { abandoned: toNumber(abandoned), oldestAt: oldest === null ? null : toNumber(oldest) };
  }

  #listed({ rows }: StatementResult): unknown {
    return this.#list(rows.map(({ id }) => id));
  }

  #list(ids: readonly unknown[]): unknown {
    return this.dialect.values.listToSql('text', ids);
  }
}

/** Each once, and always in the same order: so that two who lock several never wait for each other. */
export function inOrder(ids: readonly string[]): string[] {
  return [...new Set(ids)].toSorted();
}

function boundCall({ id, operation, holdMs }: CallIntent) {
  const described: Described = { id, operation };
  return { id: identityText(id), record: JSON.stringify(described), hold: Math.ceil(holdMs) };
}

function abandonedCallOf(row: Row, { toNumber }: SqlValues): AbandonedCall {
  const { id, operation }: Described = JSON.parse(row['record'] as string);
  const reason: string | null = row['reason'] === null ? null : JSON.parse(row['reason'] as string);
  return { id, operation, attempts: toNumber(row['attempts']), begunAt: toNumber(row['begun_at']), reason };
}
