import type { SqlValue } from '../../sqlite/statement-cache.js';
import type { ParkedKey, ParkedRecord, RecordToPark } from '../parking-lot.js';

/** The columns of `skanu_parked` from `handler` to `attempts`. */
export function boundRecord(record: RecordToPark): SqlValue[] {
  return [
    record.handler,
    record.key,
    record.eventId,
    record.eventType,
    record.topic,
    record.partition,
    record.offset,
    record.recordKey,
    JSON.stringify(record.headers),
    record.value,
    record.timestamp,
    record.reason?.code ?? null,
    record.reason?.message ?? null,
    record.attempts,
  ];
}

interface Reasoned {
  readonly reason_code: string | null;
  readonly reason_message: string | null;
}

/** A whole row of `skanu_parked`. */
export interface ParkedRow extends Reasoned {
  readonly position: number;
  readonly handler: string;
  readonly key: string | null;
  readonly event_id: string;
  readonly event_type: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly record_offset: number;
  readonly record_key: string | null;
  readonly headers: string;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
  readonly attempts: number;
  readonly parked_at: number;
}

/** The first row of a parked key, with the number of its records. */
export interface ParkedKeyRow
  extends Pick<ParkedRow, 'handler' | 'key' | 'position' | 'parked_at'>, Reasoned {
  readonly records: number;
}

export function parkedRecordOf(row: ParkedRow): ParkedRecord {
  const headers: Record<string, string> = JSON.parse(row.headers);
  return {
    position: row.position,
    handler: row.handler,
    key: row.key,
    eventId: row.event_id,
    eventType: row.event_type,
    topic: row.topic,
    partition: row.partition,
    offset: row.record_offset,
    recordKey: row.record_key,
    headers,
    value: row.value,
    timestamp: row.timestamp,
    reason: reasonOf(row),
    attempts: row.attempts,
    parkedAt: row.parked_at,
  };
}

export function parkedKeyOf(row: ParkedKeyRow): ParkedKey {
  return {
    handler: row.handler,
    key: row.key,
    records: row.records,
    position: row.position,
    parkedAt: row.parked_at,
    reason: reasonOf(row),
  };
}

function reasonOf({ reason_code: code, reason_message: message }: Reasoned): ParkedKey['reason'] {
  return code === null ? null : { code, message: message ?? '' };
}
