import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { ViewGeneration } from '../view-generations.js';
import type { InboxMark } from '../write-plan.js';

const READ = 'SELECT live, next, held, newest FROM skanu_views WHERE view = ?';
const REGISTER =
  'INSERT INTO skanu_views (view, live, held, newest) VALUES (?, 1, 0, 1) ON CONFLICT DO NOTHING';
const BEGIN = 'UPDATE skanu_views SET next = newest + 1, newest = newest + 1, held = 0 WHERE view = ?';
const HOLD = 'UPDATE skanu_views SET held = 1 WHERE view = ? AND next = ?';
const END = 'UPDATE skanu_views SET live = ?, next = NULL, held = 0 WHERE view = ? AND next = ?';
const TAKES_WRITES =
  'SELECT 1 FROM skanu_views WHERE view = ? AND ((live = ? AND held = 0) OR (next IS NOT NULL AND next = ?))';

/** What is written down of a view. */
interface ViewRow {
  readonly live: number;
  readonly next: number | null;
  readonly held: number;
  readonly newest: number;
}

/** Whether a plan may write to that generation now. To be asked in the transaction of the plan. */
export function takesWrites(
  sql: StatementCache,
  { name, generation }: NonNullable<InboxMark['view']>,
): boolean {
  return sql.get(TAKES_WRITES, [name, generation, generation]) !== undefined;
}

/** The generation of a view; undefined: nobody has asked for it yet. */
export function generationOf(sql: StatementCache, view: string): ViewGeneration | undefined {
  const row = sql.get<ViewRow>(READ, [view]);
  return row && { live: row.live, next: row.next ?? undefined, held: row.held === 1 };
}

/** The same; makes it generation 1 when nobody has asked for it yet. To be run in a write transaction. */
export function registeredGeneration(sql: StatementCache, view: string): ViewGeneration {
  sql.run(REGISTER, [view]);
  return generationOf(sql, view)!;
}

/** Begins the next generation, and gives its number, which was never used before. */
export function beginGeneration(sql: StatementCache, view: string): number {
  sql.run(REGISTER, [view]);
  sql.run(BEGIN, [view]);
  return sql.get<ViewRow>(READ, [view])!.newest;
}

/** False: that generation is not the next one any more. */
export function holdLive(sql: StatementCache, view: string, generation: number): boolean {
  return sql.run(HOLD, [view, generation]) === 1;
}

/** Ends the rebuild of a generation; `live` is what counts from now on. False: it is not the next one any more. */
export function endRebuild(sql: StatementCache, view: string, generation: number, live: number): boolean {
  return sql.run(END, [live, view, generation]) === 1;
}
