import { sql } from 'kysely';
import { LeaseLostError } from '../../kernel/errors/store-errors.js';
import type { Lease } from '../leases.js';
import type { Outbox, OutboxEntry, OutboxLimit } from '../outbox.js';
import type { OutgoingEvent } from '../write-plan.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect, SqlValues } from './sql-dialect.js';
import type { Statement, StatementResult } from './sql-driver.js';
import type { SqlLeases } from './sql-leases.js';
import { StatementFailure } from './statement-failure.js';

/** Events that wait to be published, in a table. */
export class SqlOutbox implements Outbox {
  readonly #append: Prepared<'eventId' | 'topic' | 'key' | 'headers' | 'value'>;
  readonly #read: Prepared<'entries' | 'bytes'>;
  readonly #remove: Prepared<'positions'>;
  readonly #status: Prepared<never>;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
    private readonly leases: SqlLeases,
  ) {
    const { nowMs, byteLength, deleteListed } = dialect.expressions;
    this.#append = new Prepared(
      dialect,
      (slot) => sql`INSERT INTO skanu_outbox (event_id, topic, event_key, headers, value, committed_at) VALUES
        (${slot('eventId')}, ${slot('topic')}, ${slot('key')}, ${slot('headers')}, ${slot('value')}, ${nowMs})`,
    );
    // the sum is made by the server, so that no more than the limit travels; of positions only, because MariaDB puts texts that it sums up on the disk
    this.#read = new Prepared(
      dialect,
      (slot) => sql`SELECT o.position, event_id, topic, event_key, headers, value, committed_at FROM (
          SELECT position, sum(size) OVER (ORDER BY position) AS bytes, row_number() OVER (ORDER BY position) AS place FROM (
            SELECT position, ${byteLength(sql`headers`)} + ${byteLength(sql`value`)} AS size
            FROM skanu_outbox ORDER BY position LIMIT ${slot('entries')}) AS next_entries
        ) AS measured JOIN skanu_outbox o ON o.position = measured.position
        WHERE bytes <= ${slot('bytes')} OR place = 1 ORDER BY o.position`,
    );
    this.#remove = new Prepared(dialect, (slot) =>
      deleteListed(sql`skanu_outbox`, sql`position`, slot('positions')),
    );
    this.#status = new Prepared(
      dialect,
      () => sql`SELECT count(*) AS pending, min(committed_at) AS oldest FROM skanu_outbox`,
    );
  }

  /** To be run behind the changes of the plan: whoever waited for their row locks gets the higher position. */
  append({ eventId, topic, key, headers, value }: OutgoingEvent): Statement {
    return this.#append.bind({ eventId, topic, key, headers: JSON.stringify(headers), value });
  }

  async read({ entries, bytes }: OutboxLimit): Promise<OutboxEntry[]> {
    const { rows } = await this.database.query('reading the outbox', this.#read.bind({ entries, bytes }));
    return rows.map((row) => entryOf(row, this.dialect.values));
  }

  async remove(positions: readonly number[], lease: Lease): Promise<void> {
    const list = this.dialect.values.listToSql('integer', positions);
    const statements = [this.leases.assertHeld(lease), this.#remove.bind({ positions: list })];
    await this.database.transaction('removing from the outbox', async (transaction) => {
      try {
        await transaction.run(statements, 'last');
      } catch (error) {
        throw error instanceof StatementFailure ? new LeaseLostError(lease.name) : error;
      }
    });
  }

  async status(): Promise<{ readonly pending: number; readonly oldestAt: number | null }> {
    const { toNumber } = this.dialect.values;
    const { rows } = await this.database.query('reading the outbox', this.#status.bind({}));
    const { pending, oldest } = rows[0]!;
    return { pending: toNumber(pending), oldestAt: oldest === null ? null : toNumber(oldest) };
  }

  onAppended(listener: () => void): () => void {
    const stopListening = this.database.signals?.listen(listener);
    this.#listeners.add(listener);
    return () => {
      stopListening?.();
      this.#listeners.delete(listener);
    };
  }

  /** Tells the listeners of this process, and others. */
  appended(): void {
    // not within the commit: what a listener throws must not look like a commit that failed
    for (const listener of this.#listeners) queueMicrotask(listener);
    this.database.notify();
  }
}

function entryOf(row: StatementResult['rows'][number], { toNumber }: SqlValues): OutboxEntry {
  const headers: Record<string, string> = JSON.parse(row['headers'] as string);
  return {
    position: toNumber(row['position']),
    eventId: row['event_id'] as string,
    topic: row['topic'] as string,
    key: row['event_key'] as string | null,
    headers,
    value: row['value'] as string,
    committedAt: toNumber(row['committed_at']),
  };
}
