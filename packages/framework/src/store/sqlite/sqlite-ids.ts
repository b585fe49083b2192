import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { IdBlock } from '../store.js';

const RESERVE = `INSERT INTO skanu_ids (table_name, next) VALUES (?, 1 + ?)
  ON CONFLICT (table_name) DO UPDATE SET next = next + excluded.next - 1 RETURNING next`;

/** Takes the next `count` ids of a table. To be run in a write transaction. */
export function reserveIds(sql: StatementCache, table: string, count: number): IdBlock {
  const { next } = sql.get<{ next: number }>(RESERVE, [table, count])!;
  return { first: next - count, last: next - 1 };
}

/** Gives ids back, if none behind them was taken. To be run in a write transaction. */
export function releaseIds(sql: StatementCache, table: string, unused: IdBlock): void {
  sql.run('UPDATE skanu_ids SET next = ? WHERE table_name = ? AND next = ? AND next > ?', [
    unused.first,
    table,
    unused.last + 1,
    unused.first,
  ]);
}
