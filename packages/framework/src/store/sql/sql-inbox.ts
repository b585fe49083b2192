import { sql } from 'kysely';
import type { InboxMark } from '../write-plan.js';
import { identityText } from './identity-text.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlTransaction, Statement } from './sql-driver.js';

type Identified = Pick<InboxMark, 'handler' | 'eventId'>;

/** Marks of what handlers have done, in a table. */
export class SqlInbox {
  readonly #mark: Prepared<'handler' | 'eventId'>;
  readonly #markUnlessParked: Prepared<'handler' | 'eventId' | 'key'>;
  readonly #isMarked: Prepared<'handler' | 'eventId'>;
  readonly #waitsAt: Prepared<'handler' | 'eventId' | 'position'>;
  readonly #waitsBefore: Prepared<'position'>;
  readonly #leave: Prepared<'handler' | 'eventId' | 'position'>;
  readonly #prune: Prepared<'age' | 'limit'>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
  ) {
    const { nowMs, insertOrIgnore, deleteLowest } = dialect.expressions;
    const table = sql`skanu_inbox`;
    const columns = [sql`handler`, sql`event_id`, sql`done_at`];
    this.#mark = new Prepared(dialect, (slot) =>
      insertOrIgnore(table, columns, sql`VALUES (${slot('handler')}, ${slot('eventId')}, ${nowMs})`),
    );
    this.#markUnlessParked = new Prepared(dialect, (slot) => {
      const parked = sql`SELECT 1 FROM skanu_parked WHERE handler = ${slot('handler')} AND key_id = ${slot('key')}`;
      const row = sql`SELECT ${slot('handler')}, ${slot('eventId')}, ${nowMs} FROM (SELECT 1 AS one) AS one`;
      return insertOrIgnore(table, columns, sql`${row} WHERE NOT EXISTS (${parked})`);
    });
    this.#isMarked = new Prepared(
      dialect,
      (slot) =>
        sql`SELECT 1 AS one FROM ${table} WHERE handler = ${slot('handler')} AND event_id = ${slot('eventId')}`,
    );
    const waiting = (slot: (name: 'handler' | 'eventId' | 'position') => unknown) =>
      sql`FROM skanu_parked WHERE position = ${slot('position')} AND handler = ${slot('handler')} AND event_id = ${slot('eventId')}`;
    this.#waitsAt = new Prepared(dialect, (slot) => sql`SELECT 1 AS one ${waiting(slot)}`);
    this.#waitsBefore = new Prepared(
      dialect,
      (slot) => sql`SELECT 1 AS one FROM skanu_parked this JOIN skanu_parked other
        ON other.handler = this.handler AND other.key_id = this.key_id AND other.position < this.position
        WHERE this.position = ${slot('position')} LIMIT 1`,
    );
    this.#leave = new Prepared(dialect, (slot) => sql`DELETE ${waiting(slot)}`);
    this.#prune = new Prepared(dialect, (slot) => {
      const key = [sql`handler`, sql`event_id`];
      return deleteLowest(table, key, sql`done_at < ${nowMs} - ${slot('age')}`, sql`done_at`, slot('limit'));
    });
  }

  /**
   * What a plan needs to be alone with: commits of a key share it, and whoever parks or frees the key holds it alone. So between the question
   * whether a key is parked and the end of the transaction that asked, the answer stays the same: no record slips behind a key that is being
   * freed, and none is handled and parked at once.
   */
  lock(of: Identified & Pick<InboxMark, 'key'>, mode: 'shared' | 'exclusive'): Statement {
    // a record without a key is one of its own
    const name = of.key === null ? ['event', of.handler, of.eventId] : ['key', of.handler, of.key];
    return this.dialect.locks.lock(JSON.stringify(name), mode);
  }

  /** Sets the mark of a plan; fails with a `StatementFailure` when it is there, or its key is parked. */
  markUnlessParked(mark: InboxMark): Statement {
    const key = mark.key === null ? null : identityText(mark.key);
    return this.#markUnlessParked.bind({ ...identity(mark), key }, 1);
  }

  /** Sets a mark; does nothing when it is there. */
  mark(mark: Identified): Statement {
    return this.#mark.bind(identity(mark));
  }

  /** Gives a row when the handler has done with the event. */
  isMarked(mark: Identified): Statement {
    return this.#isMarked.bind(identity(mark));
  }

  /** Takes a parked record away. */
  leave(mark: Identified, position: number): Statement {
    return this.#leave.bind({ ...identity(mark), position });
  }

  /**
   * Asks whether the parked record of a redrive may be handled now; to be run under the exclusive lock. `admitted`: it is the first of its key.
   * A `duplicate` that still waits is taken away.
   */
  async admitRedrive(
    transaction: SqlTransaction,
    mark: InboxMark,
    position: number,
  ): Promise<'admitted' | 'duplicate' | 'parked'> {
    const [waiting, marked, before] = await transaction.run([
      this.#waitsAt.bind({ ...identity(mark), position }),
      this.isMarked(mark),
      this.#waitsBefore.bind({ position }),
    ]);
    if (waiting!.rows.length === 0) return 'duplicate';
    if (marked!.rows.length > 0) {
      await transaction.run([this.leave(mark, position)], 'last');
      return 'duplicate';
    }
    return before!.rows.length > 0 ? 'parked' : 'admitted';
  }

  /** Forgets the oldest marks beyond an age, and tells how many. */
  async prune(ageMs: number, limit: number): Promise<number> {
    const statement = this.#prune.bind({ age: ageMs, limit });
    return (await this.database.query('pruning the inbox', statement)).affected;
  }
}

function identity({ handler, eventId }: Identified): { handler: string; eventId: string } {
  return { handler: identityText(handler), eventId: identityText(eventId) };
}
