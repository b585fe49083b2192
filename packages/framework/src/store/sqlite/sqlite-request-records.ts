import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { RequestMark, RequestRecord, RequestRecords } from '../request-records.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { NOW_MS } from './sqlite-time.js';

const FIND = `SELECT key, fingerprint, answer, subject_table, subject_id, withdrawn FROM skanu_requests WHERE key = ?`;
const IS_WITHDRAWN = 'SELECT withdrawn FROM skanu_requests WHERE key = ?';
const RECORD = `INSERT INTO skanu_requests (key, fingerprint, answer, subject_table, subject_id, withdrawn, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ${NOW_MS})`;
const WITHDRAW = 'UPDATE skanu_requests SET withdrawn = 1 WHERE key = ?';
const PRUNE = `DELETE FROM skanu_requests WHERE key IN (
  SELECT key FROM skanu_requests WHERE created_at < ${NOW_MS} - ? ORDER BY created_at LIMIT ?)`;

/** Requests that were answered, in a table. */
export class SqliteRequestRecords implements RequestRecords {
  constructor(private readonly database: SqliteDatabase) {}

  find(key: string): Promise<RequestRecord | undefined> {
    return this.database.read('reading a request', (sql) => {
      const row = sql.get<RequestRow>(FIND, [key]);
      return row && requestRecordOf(row);
    });
  }

  prune(ageMs: number, limit: number): Promise<number> {
    return this.database.write('pruning the requests', (sql) => sql.run(PRUNE, [ageMs, limit]), {
      durability: 'buffered',
    });
  }
}

/** Whether the record of a request is as its mark says; nobody changes it until the transaction that asks ends. */
export function isOpen(sql: StatementCache, mark: RequestMark): boolean {
  const known = sql.get<{ withdrawn: number }>(IS_WITHDRAWN, [mark.key]);
  return mark.kind === 'withdrawn' && mark.knows ? known?.withdrawn === 0 : known === undefined;
}

/** Sets the mark of a request that {@link isOpen}. */
export function record(sql: StatementCache, mark: RequestMark): void {
  if (mark.kind === 'answered') {
    const { key, fingerprint, answer, subject } = mark;
    sql.run(RECORD, [key, fingerprint, answer, subject?.table ?? null, subject?.id ?? null, 0]);
  } else if (mark.knows) {
    sql.run(WITHDRAW, [mark.key]);
  } else {
    sql.run(RECORD, [mark.key, '', '', null, null, 1]);
  }
}

interface RequestRow {
  readonly key: string;
  readonly fingerprint: string;
  readonly answer: string;
  readonly subject_table: string | null;
  readonly subject_id: number | null;
  readonly withdrawn: number;
}

function requestRecordOf(row: RequestRow): RequestRecord {
  const { key, fingerprint, answer, subject_table: table, subject_id: id, withdrawn } = row;
  const subject = table === null || id === null ? null : { table, id };
  return { key, fingerprint, answer, subject, isWithdrawn: withdrawn === 1 };
}
