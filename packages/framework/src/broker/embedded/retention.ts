import type { Clock } from '../../kernel/clock.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import { expiredPrefix, type RetentionLimits, type StoredRecord } from './expired-prefix.js';

/** How many records one transaction deletes at the most, so that nobody waits long for it. */
const BATCH = 500;

interface Crowded {
  readonly id: number;
  readonly limits: RetentionLimits;
}

/** Deletes records that are too old or too many. Several processes may do so at once; offsets are never given again. */
export class Retention {
  constructor(
    private readonly file: SqliteFile,
    private readonly clock: Clock,
  ) {}

  /** Deletes all that may go now, in small transactions, unless the signal ends it. Returns how many records went. */
  async sweep(signal: AbortSignal): Promise<number> {
    let deleted = 0;
    for (const partition of this.#crowded()) {
      for (let batch = BATCH; batch === BATCH && !signal.aborted; deleted += batch) {
        batch = await this.file.write((sql) => this.#deleteBatch(sql, partition), { durability: 'buffered' });
      }
    }
    return deleted;
  }

  /** The partitions that have something to delete; nearly always none, at the price of one query. */
  #crowded(): Crowded[] {
    const rows = this.file.read((sql) =>
      sql.all<RetentionLimits & { id: number }>(
        `SELECT p.id, t.retention_ms AS ageMs, t.retention_bytes AS bytes
         FROM partitions p JOIN topics t ON t.name = p.topic
         WHERE p.bytes > t.retention_bytes
            OR (SELECT timestamp FROM records WHERE partition_id = p.id ORDER BY offset LIMIT 1) < ? - t.retention_ms`,
        [this.clock.now()],
      ),
    );
    return rows.map(({ id, ...limits }) => ({ id, limits }));
  }

  #deleteBatch(sql: StatementCache, { id, limits }: Crowded): number {
    const { bytes } = sql.get<{ bytes: number }>('SELECT bytes FROM partitions WHERE id = ?', [id])!;
    const oldest = sql.all<StoredRecord>(
      'SELECT offset, timestamp, bytes FROM records WHERE partition_id = ? ORDER BY offset LIMIT ?',
      [id, BATCH],
    );
    const expired = expiredPrefix(oldest, bytes, this.clock.now(), limits);
    if (expired.length === 0) return 0;
    const start = expired.at(-1)!.offset + 1;
    const freed = expired.reduce((sum, record) => sum + record.bytes, 0);
    sql.run('DELETE FROM records WHERE partition_id = ? AND offset < ?', [id, start]);
    sql.run('UPDATE partitions SET start_offset = ?, bytes = bytes - ? WHERE id = ?', [start, freed, id]);
    return expired.length;
  }
}
