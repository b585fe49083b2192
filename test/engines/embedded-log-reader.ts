import { type DatabaseReader, readerOf } from './database-reader.ts';
import type { LogReader, LogRecord } from './log-reader.ts';

// a rebuild that was killed leaves its group behind until the next one
const LAG = `SELECT sum(p.next_offset - g.committed) AS lag
  FROM group_partitions g JOIN partitions p ON p.id = g.partition_id WHERE g.group_name NOT LIKE '%.rebuild.%'`;

/** The log of the embedded engine: a SQLite file. */
export class EmbeddedLogReader implements LogReader {
  readonly #file: DatabaseReader;

  constructor(path: string) {
    this.#file = readerOf(`sqlite:${path}`);
  }

  async records(): Promise<LogRecord[]> {
    const rows = await this.#file.rows(
      'SELECT partition_id, offset, key, headers, value FROM records ORDER BY partition_id, offset',
    );
    return rows.map(({ partition_id: partition, offset, key, headers, value }) => {
      const fields = JSON.parse(Buffer.from(value).toString());
      const { ce_source: source, ce_id: id } = JSON.parse(headers) as Record<string, string>;
      return { partition, offset, key, eventId: `${source}/${id}`, eventType: fields['eventType'], fields };
    });
  }

  async size(): Promise<number> {
    return this.#number('SELECT sum(next_offset) AS lag FROM partitions');
  }

  async lag(key?: string): Promise<number> {
    return this.#number(
      key === undefined
        ? LAG
        : `${LAG} AND p.id = (SELECT partition_id FROM records WHERE key = '${key}' LIMIT 1)`,
    );
  }

  async close(): Promise<void> {}

  async #number(sql: string): Promise<number> {
    return ((await this.#file.rows(sql))[0]!['lag'] ?? 0) as number;
  }
}
