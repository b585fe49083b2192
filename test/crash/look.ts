import { DatabaseSync } from 'node:sqlite';
import type { CrashLab } from './crash-lab.ts';

/** What a test reads from a database of which it knows the columns. */
type Row = Record<string, any>;

/** Looks into a database, whoever else uses it. */
export function look(lab: CrashLab, name: string, sql: string): Row[] {
  const file = new DatabaseSync(lab.file(name), { readOnly: true, timeout: 5_000 });
  try {
    return file.prepare(sql).all();
  } finally {
    file.close();
  }
}

/** One number. */
export function count(lab: CrashLab, name: string, table: string): number {
  return look(lab, name, `SELECT count(*) AS n FROM ${table}`)[0]!['n'] as number;
}

/** A record as it lies in the log. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly fields: Row;
}

/** All records of the log: in order for each partition, and so for each key. */
export function log(lab: CrashLab): LogRecord[] {
  const rows = look(
    lab,
    'events',
    'SELECT partition_id, offset, key, headers, value FROM records ORDER BY partition_id, offset',
  );
  return rows.map((row) => {
    const fields: Row = JSON.parse(Buffer.from(row['value']).toString());
    const { ce_id: eventId } = JSON.parse(row['headers']) as { ce_id: string };
    const { partition_id: partition, offset, key } = row;
    return { partition, offset, key, eventId, eventType: fields['eventType'], fields };
  });
}

/** The events of the log: what was published more than once (it may be) counts where it stands first. */
export function events(lab: CrashLab): LogRecord[] {
  const seen = new Set<string>();
  return log(lab).filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
}

/** How many records groups have not done with: of all, or of the partition of a key. */
export function lag(lab: CrashLab, key?: string): number {
  const all =
    'SELECT sum(p.next_offset - g.committed) AS lag FROM group_partitions g JOIN partitions p ON p.id = g.partition_id';
  const sql =
    key === undefined ? all : `${all} WHERE p.id = (SELECT partition_id FROM records WHERE key = '${key}')`;
  return (look(lab, 'events', sql)[0]!['lag'] ?? 0) as number;
}
