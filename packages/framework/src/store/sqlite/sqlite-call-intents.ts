import { CallAbandonedError } from '../../kernel/errors/remote-errors.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { AbandonedCall, CallIntent, CallIntents } from '../call-intents.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { NOW_MS } from './sqlite-time.js';

const OPEN = `INSERT INTO skanu_calls (id, operation, begun_at, due_at) VALUES (?, ?, ${NOW_MS}, ${NOW_MS} + ?)
  ON CONFLICT DO NOTHING`;
const KEEP = 'DELETE FROM skanu_calls WHERE id = ? AND abandoned_at IS NULL';
const ABANDON = `UPDATE skanu_calls SET abandoned_at = ${NOW_MS}, due_at = ${NOW_MS}
  WHERE id IN (SELECT value FROM json_each(?)) AND abandoned_at IS NULL`;
const IS_DUE = `SELECT 1 FROM skanu_calls WHERE due_at <= ${NOW_MS} LIMIT 1`;
const ABANDON_OVERDUE = `UPDATE skanu_calls SET abandoned_at = ${NOW_MS}
  WHERE due_at <= ${NOW_MS} AND abandoned_at IS NULL`;
const CALL = 'id, operation, attempts, begun_at, reason';
const DUE = `SELECT ${CALL} FROM skanu_calls WHERE due_at <= ${NOW_MS} AND abandoned_at IS NOT NULL
  ORDER BY due_at LIMIT ?`;
const CLAIM = `UPDATE skanu_calls SET due_at = ${NOW_MS} + ? WHERE id IN (SELECT value FROM json_each(?))`;
const UNDONE = 'DELETE FROM skanu_calls WHERE id = ?';
const FAILED = `UPDATE skanu_calls SET due_at = ${NOW_MS} + ?, attempts = attempts + 1, reason = ?
  WHERE id = ? AND abandoned_at IS NOT NULL`;
const ABANDONED = `SELECT ${CALL} FROM skanu_calls WHERE abandoned_at IS NOT NULL
  ORDER BY abandoned_at, begun_at, id LIMIT ?`;
const STATUS = `SELECT count(*) AS abandoned, min(abandoned_at) AS oldest
  FROM skanu_calls WHERE abandoned_at IS NOT NULL`;

// a power cut ends all who could keep a call, and to undo one twice does no harm
const UNTIL_FLUSH = { durability: 'buffered' } as const;

/** Intents of calls in a table. */
export class SqliteCallIntents implements CallIntents {
  constructor(private readonly database: SqliteDatabase) {}

  async open({ id, operation, holdMs }: CallIntent): Promise<void> {
    await this.database.write('noting a call', (sql) => sql.run(OPEN, [id, operation, Math.ceil(holdMs)]));
  }

  async abandon(ids: readonly string[]): Promise<void> {
    const list = JSON.stringify(ids);
    await this.database.write('abandoning calls', (sql) => sql.run(ABANDON, [list]), UNTIL_FLUSH);
  }

  async due(limit: number, againMs: number): Promise<AbandonedCall[]> {
    const doing = 'reading calls to undo';
    // a read, because mostly nothing is due: others need not wait for it
    const isDue = await this.database.read(doing, (sql) => sql.get(IS_DUE) !== undefined);
    if (!isDue) return [];
    return this.database.write(
      doing,
      (sql) => {
        sql.run(ABANDON_OVERDUE);
        const calls = sql.all<CallRow>(DUE, [limit]).map(abandonedCallOf);
        sql.run(CLAIM, [Math.ceil(againMs), JSON.stringify(calls.map(({ id }) => id))]);
        return calls;
      },
      UNTIL_FLUSH,
    );
  }

  async undone(id: string): Promise<void> {
    await this.database.write('noting an undone call', (sql) => sql.run(UNDONE, [id]), UNTIL_FLUSH);
  }

  async failed(id: string, againMs: number, reason: string): Promise<void> {
    const parameters = [Math.ceil(againMs), reason, id];
    await this.database.write('noting a failed undo', (sql) => sql.run(FAILED, parameters), UNTIL_FLUSH);
  }

  abandoned(limit: number): Promise<AbandonedCall[]> {
    return this.database.read('reading abandoned calls', (sql) =>
      sql.all<CallRow>(ABANDONED, [limit]).map(abandonedCallOf),
    );
  }

  status(): Promise<{ readonly abandoned: number; readonly oldestAt: number | null }> {
    return this.database.read('reading abandoned calls', (sql) => {
      const { abandoned, oldest } = sql.get<{ abandoned: number; oldest: number | null }>(STATUS)!;
      return { abandoned, oldestAt: oldest };
    });
  }
}

/**
 * Takes the intents of calls away whose effect stays. To be run in the transaction of their plan.
 * @throws CallAbandonedError when one of them is abandoned, or undone
 */
export function keepCalls(sql: StatementCache, ids: readonly string[]): void {
  for (const id of new Set(ids)) if (sql.run(KEEP, [id]) === 0) throw new CallAbandonedError();
}

interface CallRow {
  readonly id: string;
  readonly operation: string;
  readonly attempts: number;
  readonly begun_at: number;
  readonly reason: string | null;
}

function abandonedCallOf({ id, operation, attempts, begun_at: begunAt, reason }: CallRow): AbandonedCall {
  return { id, operation, attempts, begunAt, reason };
}
