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

/** A row of the log. */
export interface StoredRow {
  readonly offset: number;
  readonly timestamp: number;
  readonly bytes: number;
  readonly key: string | null;
  readonly headers: string;
  readonly value: Uint8Array | null;
}

export function decodeRecord({ topic, partition }: TopicPartition, row: StoredRow): ConsumerRecord {
  const { offset, timestamp, key, value } = row;
  const headers: Record<string, string> = JSON.parse(row.headers);
  return { topic, partition, offset, timestamp, key, value, headers };
}
