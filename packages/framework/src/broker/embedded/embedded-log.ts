import { RecordTooLargeError } from '../../kernel/errors/broker-errors.js';
import type { Clock } from '../../kernel/clock.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { ConsumerRecord, ProducerRecord, TopicPartition } from '../broker.js';
import { partitionOfKey } from './partition-of-key.js';
import { decodeRecord, type EncodedRecord, encodeRecord, type StoredRow } from './record-codec.js';
import type { TopicCatalog } from './topic-catalog.js';

export interface EmbeddedLogOptions {
  readonly file: SqliteFile;
  readonly topics: TopicCatalog;
  readonly clock: Clock;
  readonly maxRecordBytes: number;
}

/** How much is read at once at the most. */
export interface ReadLimit {
  readonly records: number;
  readonly bytes: number;
}

/** Appends records to the partitions of the log, and reads them from an offset on. */
export class EmbeddedLog {
  #nextWithoutKey = 0;

  constructor(private readonly options: EmbeddedLogOptions) {}

  /** Appends all of them in the order of the list, in one transaction, or none. */
  async append(records: readonly ProducerRecord[]): Promise<void> {
    if (records.length === 0) return;
    const byPartition = this.#encoded(records);
    const { file, clock } = this.options;
    await file.write(
      (sql) => {
        // taken inside the transaction, so that later offsets have later times
        const timestamp = clock.now();
        for (const [partitionId, encoded] of byPartition) appendTo(sql, partitionId, timestamp, encoded);
      },
      { announce: true },
    );
  }

  /** Records of one partition from an offset on: at least one, if there is one, however large. */
  read(partitionId: number, of: TopicPartition, from: number, limit: ReadLimit): ConsumerRecord[] {
    return this.options.file.read((sql) => {
      const rows = sql.iterate<StoredRow>(
        `SELECT offset, timestamp, bytes, key, headers, value FROM records
         WHERE partition_id = ? AND offset >= ? ORDER BY offset LIMIT ?`,
        [partitionId, from, limit.records],
      );
      const records: ConsumerRecord[] = [];
      let bytes = 0;
      for (const row of rows) {
        bytes += row.bytes;
        if (records.length > 0 && bytes > limit.bytes) break;
        records.push(decodeRecord(of, row));
      }
      return records;
    });
  }

  #encoded(records: readonly ProducerRecord[]): Map<number, EncodedRecord[]> {
    const { topics, maxRecordBytes } = this.options;
    const byPartition = new Map<number, EncodedRecord[]>();
    for (const record of records) {
      const bytes = record.value?.byteLength ?? 0;
      if (bytes > maxRecordBytes) {
        throw new RecordTooLargeError(`a record for topic ${record.topic}`, bytes, maxRecordBytes);
      }
      const ids = topics.partitionIds(record.topic);
      const number =
        record.key === null ? this.#nextWithoutKey++ % ids.length : partitionOfKey(record.key, ids.length);
      const partitionId = ids[number]!;
      const encoded = byPartition.get(partitionId);
      if (encoded) encoded.push(encodeRecord(record));
      else byPartition.set(partitionId, [encodeRecord(record)]);
    }
    return byPartition;
  }
}

function appendTo(
  sql: StatementCache,
  partitionId: number,
  timestamp: number,
  records: readonly EncodedRecord[],
): void {
  const total = records.reduce((sum, { bytes }) => sum + bytes, 0);
  const end = sql.get<{ offset: number }>(
    `UPDATE partitions SET next_offset = next_offset + ?, bytes = bytes + ? WHERE id = ?
     RETURNING next_offset AS offset`,
    [records.length, total, partitionId],
  )!;
  let offset = end.offset - records.length;
  for (const { bytes, columns } of records) {
    sql.run('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)', [
      partitionId,
      offset++,
      timestamp,
      bytes,
      ...columns,
    ]);
  }
}
