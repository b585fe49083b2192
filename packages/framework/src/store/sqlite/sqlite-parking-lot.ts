import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { ParkedKey, ParkedRecord, ParkingLot, RecordToPark } from '../parking-lot.js';
import type { InboxMark } from '../write-plan.js';
import {
  boundRecord,
  parkedKeyOf,
  type ParkedKeyRow,
  parkedRecordOf,
  type ParkedRow,
} from './sqlite-parked-rows.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { dropParked, isMarked } from './sqlite-inbox.js';
import { NOW_MS } from './sqlite-time.js';

const PARK = `INSERT INTO skanu_parked (handler, key, event_id, event_type, topic, partition, record_offset,
    record_key, headers, value, timestamp, reason_code, reason_message, attempts, parked_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${NOW_MS}) ON CONFLICT DO NOTHING`;
const IS_PARKED = 'SELECT 1 FROM skanu_parked WHERE handler = ? AND key = ?';
const FIRST = 'SELECT * FROM skanu_parked WHERE handler = ? AND key = ? ORDER BY position LIMIT 1';
const ALONE = 'SELECT * FROM skanu_parked WHERE position = ? AND handler = ? AND key IS NULL';
const RECORDS =
  'SELECT * FROM skanu_parked WHERE handler = ? AND key IS ? AND position > ? ORDER BY position LIMIT ?';
const KEYS = `SELECT p.handler, p.key, p.position, p.parked_at, p.reason_code, p.reason_message,
    CASE WHEN p.key IS NULL THEN 1
      ELSE (SELECT count(*) FROM skanu_parked s WHERE s.handler = p.handler AND s.key = p.key) END AS records
  FROM skanu_parked p
  WHERE p.position > ? AND NOT EXISTS (
    SELECT 1 FROM skanu_parked b WHERE b.handler = p.handler AND b.key = p.key AND b.position < p.position)
  ORDER BY p.position LIMIT ?`;
const COUNT = `SELECT (SELECT count(*) FROM (SELECT DISTINCT handler, key FROM skanu_parked WHERE key IS NOT NULL))
  + (SELECT count(*) FROM skanu_parked WHERE key IS NULL) AS keys`;
const COUNT_FAILED = `SELECT count(*) AS keys FROM skanu_parked p
  WHERE reason_code IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM skanu_parked b WHERE b.handler = p.handler AND b.key = p.key AND b.position < p.position)`;
const FAILED_AGAIN =
  'UPDATE skanu_parked SET reason_code = ?, reason_message = ?, attempts = attempts + ? WHERE position = ?';

// what a power cut takes comes again from the log: its offset is committed after a flush only
const UNTIL_FLUSH = { durability: 'buffered' } as const;

/** Records that wait, in a table. */
export class SqliteParkingLot implements ParkingLot {
  constructor(private readonly database: SqliteDatabase) {}

  park(record: RecordToPark): Promise<boolean> {
    return this.database.write('parking a record', (sql) => insertUnlessDone(sql, record), UNTIL_FLUSH);
  }

  parkBehind(record: RecordToPark): Promise<boolean> {
    return this.database.write(
      'parking a record',
      (sql) => {
        if (!sql.get(IS_PARKED, [record.handler, record.key])) return false;
        insertUnlessDone(sql, record);
        return true;
      },
      UNTIL_FLUSH,
    );
  }

  first(handler: string, key: string | null, position?: number): Promise<ParkedRecord | undefined> {
    return this.database.read('reading parked records', (sql) => {
      const row =
        key === null
          ? sql.get<ParkedRow>(ALONE, [position ?? 0, handler])
          : sql.get<ParkedRow>(FIRST, [handler, key]);
      return row && parkedRecordOf(row);
    });
  }

  records(handler: string, key: string | null, after: number, limit: number): Promise<ParkedRecord[]> {
    return this.database.read('reading parked records', (sql) =>
      sql.all<ParkedRow>(RECORDS, [handler, key, after, limit]).map(parkedRecordOf),
    );
  }

  keys(after: number, limit: number): Promise<ParkedKey[]> {
    return this.database.read('reading parked keys', (sql) =>
      sql.all<ParkedKeyRow>(KEYS, [after, limit]).map(parkedKeyOf),
    );
  }

  count(only?: 'failed'): Promise<number> {
    return this.database.read('reading parked keys', (sql) => {
      return sql.get<{ keys: number }>(only === 'failed' ? COUNT_FAILED : COUNT)!.keys;
    });
  }

  async failedAgain(
    position: number,
    reason: { code: string; message: string },
    attempts = 1,
  ): Promise<void> {
    await this.database.write('noting a failed attempt', (sql) =>
      sql.run(FAILED_AGAIN, [reason.code, reason.message, attempts, position]),
    );
  }

  drop(position: number, mark: InboxMark): Promise<boolean> {
    return this.database.write('dropping a parked record', (sql) => dropParked(sql, position, mark));
  }
}

/** False when the handler has done with the event: to handle it once more would be the only way to get it out again. */
function insertUnlessDone(sql: StatementCache, record: RecordToPark): boolean {
  if (isMarked(sql, record)) return false;
  sql.run(PARK, boundRecord(record));
  return true;
}
