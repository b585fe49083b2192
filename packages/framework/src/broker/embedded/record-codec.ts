import type { SqlRow, SqlValue } from '../../sqlite/statement-cache.js';
import type { ConsumerRecord, ProducerRecord, TopicPartition } from '../broker.js';

/** What a record costs beside its key, headers and value, roughly. */
const OVERHEAD_BYTES = 32;

/** A record as the columns key, headers, value of the log, and its size. */
export interface EncodedRecord {
  readonly columns: readonly [key: string | null, headers: string, value: Uint8Array | null];
  readonly bytes: number;
}

export function encodeRecord({ key, value, headers }: ProducerRecord): EncodedRecord {
  const text = JSON.stringify(headers);
  const bytes = OVERHEAD_BYTES + (key?.length ?? 0) + text.length + (value?.byteLength ?? 0);
  return { columns: [key, text, value], bytes };
}

export function decodeRecord({ topic, partition }: TopicPartition, row: SqlRow): ConsumerRecord {
  return {
    topic,
    partition,
    offset: Number(row['offset']),
    timestamp: Number(row['timestamp']),
    key: row['key'] as string | null,
    value: row['value'] as (SqlValue & Uint8Array) | null,
    headers: JSON.parse(row['headers'] as string) as Record<string, string>,
  };
}
