import type { SqlValue, StatementCache } from '../../sqlite/statement-cache.js';
import type { InboxMark } from '../write-plan.js';
import { takesWrites } from './sqlite-view-rows.js';
import { NOW_MS } from './sqlite-time.js';

const MARK = `INSERT INTO skanu_inbox (handler, event_id, done_at) VALUES (?, ?, ${NOW_MS}) ON CONFLICT DO NOTHING`;
const MARK_UNLESS_PARKED = `INSERT INTO skanu_inbox (handler, event_id, done_at) SELECT ?, ?, ${NOW_MS}
  WHERE NOT EXISTS (SELECT 1 FROM skanu_parked WHERE handler = ? AND key = ?) ON CONFLICT DO NOTHING`;
const IS_MARKED = 'SELECT 1 FROM skanu_inbox WHERE handler = ? AND event_id = ?';
const WAITS_AT = 'SELECT key FROM skanu_parked WHERE position = ? AND handler = ? AND event_id = ?';
const WAITS_BEFORE = 'SELECT 1 FROM skanu_parked WHERE handler = ? AND key = ? AND position < ?';
const LEAVE = 'DELETE FROM skanu_parked WHERE position = ? AND handler = ? AND event_id = ?';
const PRUNE = `DELETE FROM skanu_inbox WHERE (handler, event_id) IN (
  SELECT handler, event_id FROM skanu_inbox WHERE done_at < ${NOW_MS} - ? ORDER BY done_at LIMIT ?)`;

/** What an inbox mark says to its plan: carry it out, or leave it. */
export type Admission = 'admitted' | 'duplicate' | 'parked' | 'held';

/** Sets the mark of a plan, and takes the parked record away that the plan is for. Only `admitted` wrote a mark. */
export function admit(sql: StatementCache, mark: InboxMark): Admission {
  if (mark.view && !takesWrites(sql, mark.view)) return 'held';
  if (mark.parkedPosition !== undefined) return admitRedrive(sql, mark, mark.parkedPosition);
  if (sql.run(MARK_UNLESS_PARKED, [...identity(mark), mark.handler, mark.key]) === 1) return 'admitted';
  return isMarked(sql, mark) ? 'duplicate' : 'parked';
}

function admitRedrive(sql: StatementCache, mark: InboxMark, position: number): Admission {
  const record = [position, ...identity(mark)];
  const waiting = sql.get<{ key: string | null }>(WAITS_AT, record);
  if (!waiting) return 'duplicate';
  if (isMarked(sql, mark)) {
    sql.run(LEAVE, record);
    return 'duplicate';
  }
  if (sql.get(WAITS_BEFORE, [mark.handler, waiting.key, position])) return 'parked';
  sql.run(LEAVE, record);
  markDone(sql, mark);
  return 'admitted';
}

/** Takes a parked record away and marks its event as done. False: it was not there. */
export function dropParked(sql: StatementCache, position: number, mark: InboxMark): boolean {
  if (sql.run(LEAVE, [position, ...identity(mark)]) === 0) return false;
  markDone(sql, mark);
  return true;
}

/** Forgets the oldest marks beyond an age, and tells how many. */
export function pruneInbox(sql: StatementCache, ageMs: number, limit: number): number {
  return sql.run(PRUNE, [ageMs, limit]);
}

function markDone(sql: StatementCache, mark: InboxMark): void {
  sql.run(MARK, identity(mark));
}

/** Whether the handler has done with the event. */
export function isMarked(sql: StatementCache, mark: Pick<InboxMark, 'handler' | 'eventId'>): boolean {
  return sql.get(IS_MARKED, identity(mark)) !== undefined;
}

function identity({ handler, eventId }: Pick<InboxMark, 'handler' | 'eventId'>): SqlValue[] {
  return [handler, eventId];
}
