import { UnknownTopicError } from '../../kernel/errors/broker-errors.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { TopicDefinition } from '../broker.js';

/** The topics of the log, and the ids of their partitions. A topic is never changed or deleted, so what was read is kept. */
export class TopicCatalog {
  readonly #partitionIds = new Map<string, readonly number[]>();

  constructor(private readonly file: SqliteFile) {}

  /** Makes the topic and its partitions, or leaves those that are there as they are. */
  async ensure({ name, partitions, retentionMs, retentionBytes }: TopicDefinition): Promise<void> {
    if (!Number.isSafeInteger(partitions) || partitions < 1) {
      throw new RangeError(`topic ${name} needs at least 1 partition, not ${partitions}`);
    }
    if (this.#find(name)) return;
    await this.file.write((sql) => {
      const made = sql.run('INSERT INTO topics VALUES (?, ?, ?) ON CONFLICT DO NOTHING', [
        name,
        retentionMs,
        retentionBytes,
      ]);
      if (made === 0) return;
      for (let partition = 0; partition < partitions; partition++) {
        sql.run('INSERT INTO partitions (topic, partition) VALUES (?, ?)', [name, partition]);
      }
    });
  }

  /**
   * The ids of a topic's partitions, by partition number.
   * @throws UnknownTopicError
   */
  partitionIds(name: string): readonly number[] {
    const ids = this.#find(name);
    if (!ids) throw new UnknownTopicError(name);
    return ids;
  }

  #find(name: string): readonly number[] | undefined {
    const known = this.#partitionIds.get(name);
    if (known) return known;
    const ids = this.file.read((sql) => idsOf(sql, name));
    if (ids.length === 0) return undefined;
    this.#partitionIds.set(name, ids);
    return ids;
  }
}

function idsOf(sql: StatementCache, name: string): number[] {
  const rows = sql.all<{ id: number }>('SELECT id FROM partitions WHERE topic = ? ORDER BY partition', [
    name,
  ]);
  return rows.map(({ id }) => id);
}
