import { sql } from 'kysely';
import type { ParkedKey, ParkedRecord, ParkingLot, RecordToPark } from '../parking-lot.js';
import type { InboxMark } from '../write-plan.js';
import { identityText } from './identity-text.js';
import { boundRecord, parkedKeyOf, parkedRecordOf } from './parked-rows.js';
import { Prepared } from './prepared.js';
import type { SqlDatabase } from './sql-database.js';
import type { Sql, SqlDialect } from './sql-dialect.js';
import type { StatementResult } from './sql-driver.js';
import type { SqlInbox } from './sql-inbox.js';

type BoundRecord = keyof ReturnType<typeof boundRecord>;
type Row = StatementResult['rows'][number];

const COLUMNS = ['handler', 'key_id', 'event_id', 'record', 'value', 'reason', 'attempts', 'parked_at'];

/** Records that wait, in a table. */
export class SqlParkingLot implements ParkingLot {
  readonly #park: Prepared<BoundRecord>;
  readonly #parkBehind: Prepared<BoundRecord>;
  readonly #isParked: Prepared<'handler' | 'key'>;
  readonly #first: Prepared<'handler' | 'key'>;
  readonly #alone: Prepared<'handler' | 'position'>;
  readonly #ofKey: Prepared<'handler' | 'key' | 'after' | 'limit'>;
  readonly #withoutKey: Prepared<'handler' | 'after' | 'limit'>;
  readonly #keys: Prepared<'after' | 'limit'>;
  readonly #count: Prepared<never>;
  readonly #countFailed: Prepared<never>;
  readonly #failedAgain: Prepared<'reason' | 'attempts' | 'position'>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
    private readonly inbox: SqlInbox,
  ) {
    const { insertOrIgnore, nowMs } = dialect.expressions;
    const table = sql`skanu_parked`;
    const ofKey = (slot: (name: 'handler' | 'key') => Sql) =>
      sql`FROM ${table} WHERE handler = ${slot('handler')} AND key_id = ${slot('key')}`;
    const insert = (slot: (name: BoundRecord) => Sql, condition: Sql) => {
      const slots = (['handler', 'key', 'eventId', 'record', 'value', 'reason', 'attempts'] as const).map(
        slot,
      );
      // to handle it once more would be the only way to get an event out again that the handler has done with
      const done = sql`SELECT 1 FROM skanu_inbox WHERE handler = ${slot('handler')} AND event_id = ${slot('eventId')}`;
      const row = sql`SELECT ${sql.join([...slots, nowMs])} FROM (SELECT 1 AS one) AS one`;
      const source = sql`${row} WHERE NOT EXISTS (${done})${condition}`;
      return insertOrIgnore(
        table,
        COLUMNS.map((column) => sql.id(column)),
        source,
      );
    };
    this.#park = new Prepared(dialect, (slot) => insert(slot, sql``));
    this.#parkBehind = new Prepared(dialect, (slot) =>
      insert(slot, sql` AND EXISTS (SELECT 1 ${ofKey(slot)})`),
    );
    this.#isParked = new Prepared(dialect, (slot) => sql`SELECT 1 AS one ${ofKey(slot)} LIMIT 1`);
    this.#first = new Prepared(dialect, (slot) => sql`SELECT * ${ofKey(slot)} ORDER BY position LIMIT 1`);
    this.#alone = new Prepared(
      dialect,
      (slot) =>
        sql`SELECT * FROM ${table} WHERE position = ${slot('position')} AND handler = ${slot('handler')} AND key_id IS NULL`,
    );
    this.#ofKey = new Prepared(
      dialect,
      (slot) =>
        sql`SELECT * ${ofKey(slot)} AND position > ${slot('after')} ORDER BY position LIMIT ${slot('limit')}`,
    );
    this.#withoutKey = new Prepared(
      dialect,
      (slot) => sql`SELECT * FROM ${table} WHERE handler = ${slot('handler')} AND key_id IS NULL
        AND position > ${slot('after')} ORDER BY position LIMIT ${slot('limit')}`,
    );
    this.#keys = new Prepared(
      dialect,
      (slot) => sql`SELECT p.record, p.position, p.parked_at, p.reason,
          CASE WHEN p.key_id IS NULL THEN 1
            ELSE (SELECT count(*) FROM ${table} s WHERE s.handler = p.handler AND s.key_id = p.key_id) END AS how_many
        FROM ${table} p
        WHERE p.position > ${slot('after')} AND NOT EXISTS (
          SELECT 1 FROM ${table} b WHERE b.handler = p.handler AND b.key_id = p.key_id AND b.position < p.position)
        ORDER BY p.position LIMIT ${slot('limit')}`,
    );
    this.#count = new Prepared(
      dialect,
      () => sql`SELECT (SELECT count(*) FROM (SELECT DISTINCT handler, key_id FROM ${table} WHERE key_id IS NOT NULL) AS parked_keys)
        + (SELECT count(*) FROM ${table} WHERE key_id IS NULL) AS how_many`,
    );
    this.#countFailed = new Prepared(
      dialect,
      () => sql`SELECT count(*) AS how_many FROM ${table} p WHERE p.reason IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ${table} b WHERE b.handler = p.handler AND b.key_id = p.key_id AND b.position < p.position)`,
    );
    this.#failedAgain = new Prepared(
      dialect,
      (slot) =>
        sql`UPDATE ${table} SET reason = ${slot('reason')}, attempts = attempts + ${slot('attempts')} WHERE position = ${slot('position')}`,
    );
  }

  async park(record: RecordToPark): Promise<boolean> {
    const statements = [
      this.inbox.lock(record, 'exclusive'),
      this.#park.bind(boundRecord(record)),
      this.inbox.isMarked(record),
    ];
    const [, , marked] = await this.database.transaction('parking a record', (transaction) =>
      transaction.run(statements, 'last'),
    );
    return marked!.rows.length === 0;
  }

  async parkBehind(record: RecordToPark): Promise<boolean> {
    const bound = boundRecord(record);
    const statements = [
      this.inbox.lock(record, 'exclusive'),
      this.#parkBehind.bind(bound),
      this.#isParked.bind(bound),
    ];
    const [, , parked] = await this.database.transaction('parking a record', (transaction) =>
      transaction.run(statements, 'last'),
    );
    return parked!.rows.length > 0;
  }

  async first(handlerName: string, keyText: string | null, position = 0): Promise<ParkedRecord | undefined> {
    const handler = identityText(handlerName);
    const statement =
      keyText === null
        ? this.#alone.bind({ handler, position })
        : this.#first.bind({ handler, key: identityText(keyText) });
    const { rows } = await this.database.query('reading parked records', statement);
    return rows[0] && this.#record(rows[0]);
  }

  async records(
    handlerName: string,
    keyText: string | null,
    after: number,
    limit: number,
  ): Promise<ParkedRecord[]> {
    const page = { handler: identityText(handlerName), after, limit };
    const statement =
      keyText === null
        ? this.#withoutKey.bind(page)
        : this.#ofKey.bind({ ...page, key: identityText(keyText) });
    const { rows } = await this.database.query('reading parked records', statement);
    return rows.map((row) => this.#record(row));
  }

  async keys(after: number, limit: number): Promise<ParkedKey[]> {
    const { rows } = await this.database.query('reading parked keys', this.#keys.bind({ after, limit }));
    return rows.map((row) => parkedKeyOf(row, this.dialect.values));
  }

  async count(only?: 'failed'): Promise<number> {
    const count = only === 'failed' ? this.#countFailed : this.#count;
    const { rows } = await this.database.query('reading parked keys', count.bind({}));
    return this.dialect.values.toNumber(rows[0]!['how_many']);
  }

  async failedAgain(
    position: number,
    reason: { code: string; message: string },
    attempts = 1,
  ): Promise<void> {
    const statement = this.#failedAgain.bind({ position, attempts, reason: JSON.stringify(reason) });
    await this.database.query('noting a failed attempt', statement);
  }

  drop(position: number, mark: InboxMark): Promise<boolean> {
    return this.database.transaction('dropping a parked record', async (transaction) => {
      const [, left] = await transaction.run([
        this.inbox.lock(mark, 'exclusive'),
        this.inbox.leave(mark, position),
      ]);
      if (left!.affected === 0) return false;
      await transaction.run([this.inbox.mark(mark)], 'last');
      return true;
    });
  }

  #record(row: Row): ParkedRecord {
    return parkedRecordOf(row, this.dialect.values);
  }
}
