import { LeaseLostError } from '../../kernel/errors/store-errors.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { Lease } from '../leases.js';
import type { Outbox, OutboxEntry, OutboxLimit } from '../outbox.js';
import type { OutgoingEvent } from '../write-plan.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { holds } from './sqlite-leases.js';
import { NOW_MS } from './sqlite-time.js';

const APPEND = `INSERT INTO skanu_outbox (event_id, topic, key, headers, value, committed_at) VALUES (?, ?, ?, ?, ?, ${NOW_MS})`;
const READ =
  'SELECT position, event_id, topic, key, headers, value, committed_at FROM skanu_outbox ORDER BY position LIMIT ?';
const REMOVE = 'DELETE FROM skanu_outbox WHERE position IN (SELECT value FROM json_each(?))';
// writers take turns, so the first position is the oldest
const STATUS = `SELECT (SELECT count(*) FROM skanu_outbox) AS pending,
  (SELECT committed_at FROM skanu_outbox ORDER BY position LIMIT 1) AS oldest`;

/** Events that wait to be published. */
export class SqliteOutbox implements Outbox {
  readonly #listeners = new Set<() => void>();

  constructor(private readonly database: SqliteDatabase) {}

  async read(limit: OutboxLimit): Promise<OutboxEntry[]> {
    const entries = await this.database.read('reading the outbox', (sql) => {
      const read: OutboxEntry[] = [];
      let bytes = 0;
      for (const row of sql.iterate<OutboxRow>(READ, [limit.entries])) {
        bytes += Buffer.byteLength(row.value) + Buffer.byteLength(row.headers);
        if (read.length > 0 && bytes > limit.bytes) break;
        read.push(entryOf(row));
      }
      return read;
    });
    // what is told to others must not be undone by a power cut
    if (entries.length > 0) await this.database.sync();
    return entries;
  }

  async remove(positions: readonly number[], lease: Lease): Promise<void> {
    await this.database.write(
      'removing from the outbox',
      (sql) => {
        if (!holds(sql, lease)) throw new LeaseLostError(lease.name);
        sql.run(REMOVE, [JSON.stringify(positions)]);
        // what a power cut brings back is published once more, and known by its id
      },
      { durability: 'buffered' },
    );
  }

  status(): Promise<{ readonly pending: number; readonly oldestAt: number | null }> {
    return this.database.read('reading the outbox', (sql) => {
      const { pending, oldest } = sql.get<{ pending: number; oldest: number | null }>(STATUS)!;
      return { pending, oldestAt: oldest };
    });
  }

  onAppended(listener: () => void): () => void {
    const stopWatching = this.database.onChanged(listener);
    this.#listeners.add(listener);
    return () => {
      stopWatching();
      this.#listeners.delete(listener);
    };
  }

  /** Tells the listeners of this process. */
  appended(): void {
    // not within the commit: what a listener throws must not look like a commit that failed
    for (const listener of this.#listeners) queueMicrotask(listener);
  }
}

/** Adds events in their order. To be run in the transaction of their plan. */
export function append(sql: StatementCache, events: readonly OutgoingEvent[]): void {
  for (const { eventId, topic, key, headers, value } of events) {
    sql.run(APPEND, [eventId, topic, key, JSON.stringify(headers), value]);
  }
}

interface OutboxRow {
  readonly position: number;
  readonly event_id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly headers: string;
  readonly value: string;
  readonly committed_at: number;
}

function entryOf(row: OutboxRow): OutboxEntry {
  const headers: Record<string, string> = JSON.parse(row.headers);
  return {
    position: row.position,
    eventId: row.event_id,
    topic: row.topic,
    key: row.key,
    headers,
    value: row.value,
    committedAt: row.committed_at,
  };
}
