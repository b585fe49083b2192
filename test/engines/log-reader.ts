import type { Row } from './database-reader.ts';

/** A record as it lies in the log. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** As the inbox knows it: source and id together. */
  readonly eventId: string;
  readonly eventType: string;
  readonly fields: Row;
}

/** Looks into the log of events, whoever else uses it. */
export interface LogReader {
  /** All records: in order for each partition, and so for each key. */
  records(): Promise<LogRecord[]>;
  /** How many records were written so far. */
  size(): Promise<number>;
  /** How many records groups have not done with: of all, or of the partition of a key. */
  lag(key?: string): Promise<number>;
  close(): Promise<void>;
}
