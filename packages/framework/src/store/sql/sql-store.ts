import { sql } from 'kysely';
import type { Clock } from '../../kernel/clock.js';
import type { Selection } from '../selection.js';
import type { IdBlock, Store, StoreCapabilities } from '../store.js';
import type { Row, TableDefinition } from '../table-definition.js';
import type { CommitOutcome, WritePlan } from '../write-plan.js';
import { Prepared } from './prepared.js';
import { SchemaChanges } from './schema-changes.js';
import { SqlCallIntents } from './sql-call-intents.js';
import { SqlCommits } from './sql-commits.js';
import { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlDriver } from './sql-driver.js';
import { SqlIds } from './sql-ids.js';
import { SqlInbox } from './sql-inbox.js';
import { SqlLeases } from './sql-leases.js';
import { migrate, migrationSql } from './sql-migrations.js';
import { SqlOutbox } from './sql-outbox.js';
import { SqlParkingLot } from './sql-parking-lot.js';
import { SqlPlans } from './sql-plan.js';
import { SqlRequestRecords } from './sql-request-records.js';
import { SqlSchema } from './sql-schema.js';
import { SqlSelects } from './sql-select.js';
import { SqlTables } from './sql-table.js';
import { SqlViews } from './sql-views.js';

export interface SqlStoreParts {
  readonly dialect: SqlDialect;
  /** Makes a driver that is not opened yet. */
  readonly connect: () => SqlDriver;
  readonly schema: 'update' | 'verify';
  readonly clock: Clock;
  readonly random: () => number;
}

/** The store on a database server: what is the same for all of them. */
export class SqlStore implements Store {
  readonly capabilities: StoreCapabilities;
  readonly outbox: SqlOutbox;
  readonly leases: SqlLeases;
  readonly parking: SqlParkingLot;
  readonly views: SqlViews;
  readonly intents: SqlCallIntents;
  readonly requests: SqlRequestRecords;
  readonly #dialect: SqlDialect;
  readonly #changes: SchemaChanges;
  readonly #mode: SqlStoreParts['schema'];
  readonly #database: SqlDatabase;
  readonly #tables: SqlTables;
  readonly #selects: SqlSelects;
  readonly #schema: SqlSchema;
  readonly #ids: SqlIds;
  readonly #inbox: SqlInbox;
  readonly #commits: SqlCommits;
  readonly #plans: SqlPlans;
  readonly #touch: Prepared<never>;

  constructor({ dialect, connect, schema, clock, random }: SqlStoreParts) {
    const database = new SqlDatabase(connect);
    const changes = new SchemaChanges({ lock: dialect.locks.schema, clock, random });
    this.capabilities = dialect.capabilities;
    this.#dialect = dialect;
    this.#changes = changes;
    this.#mode = schema;
    this.#database = database;
    this.#tables = new SqlTables(dialect);
    this.#selects = new SqlSelects(dialect, database.name);
    this.#schema = new SqlSchema(database, dialect, changes, schema);
    this.#ids = new SqlIds(database, dialect);
    this.#inbox = new SqlInbox(database, dialect);
    this.#commits = new SqlCommits(database, dialect);
    this.leases = new SqlLeases(database, dialect);
    this.outbox = new SqlOutbox(database, dialect, this.leases);
    this.parking = new SqlParkingLot(database, dialect, this.#inbox);
    this.views = new SqlViews(database, dialect, changes);
    this.intents = new SqlCallIntents(database, dialect);
    this.requests = new SqlRequestRecords(database, dialect);
    this.#plans = new SqlPlans({
      database,
      tables: this.#tables,
      schema: this.#schema,
      inbox: this.#inbox,
      outbox: this.outbox,
      commits: this.#commits,
      views: this.views,
      intents: this.intents,
      requests: this.requests,
    });
    // a server that can only be read refuses it, although it changes nothing
    this.#touch = new Prepared(dialect, () => sql`UPDATE skanu_ids SET next = next WHERE FALSE`);
  }

  open(): Promise<void> {
    return this.#database.open((driver) => migrate(driver, this.#dialect, this.#changes, this.#mode));
  }

  ensureTables(tables: readonly TableDefinition[]): Promise<void> {
    return this.#schema.ensure(tables);
  }

  schemaSql(tables: readonly TableDefinition[]): readonly string[] {
    return [...migrationSql(this.#dialect, 0), ...this.#schema.sql(tables)];
  }

  reserveIds(table: TableDefinition, count: number): Promise<IdBlock> {
    return this.#ids.reserve(table.name, count);
  }

  releaseIds(table: TableDefinition, unused: IdBlock): Promise<void> {
    return this.#ids.release(table.name, unused);
  }

  async get(definition: TableDefinition, id: number): Promise<Row | undefined> {
    const table = this.#tables.of(definition);
    const { rows } = await this.#database.query(`reading ${table.name}`, table.selectById.bind({ id }));
    return rows[0] && table.row(rows[0]);
  }

  async select(definition: TableDefinition, selection: Selection): Promise<Row[]> {
    const table = this.#tables.of(definition);
    const statement = this.#selects.select(table, selection);
    const { rows } = await this.#database.query(`reading ${table.name}`, statement);
    return rows.map((row) => table.row(row));
  }

  async count(definition: TableDefinition, where: Selection['where']): Promise<number> {
    const table = this.#tables.of(definition);
    const { rows } = await this.#database.query(`counting ${table.name}`, this.#selects.count(table, where));
    return this.#dialect.values.toNumber(rows[0]!['how_many']);
  }

  async commit(plan: WritePlan): Promise<CommitOutcome> {
    const outcome = await this.#plans.commit(plan);
    if (outcome.kind === 'committed' && plan.events.length > 0) this.outbox.appended();
    return outcome;
  }

  /** Every commit is durable when it resolves. */
  flush(): Promise<void> {
    return this.#database.assertOpen();
  }

  async pruneInbox(ageMs: number, limit: number): Promise<number> {
    const marks = await this.#inbox.prune(ageMs, limit);
    return marks < limit ? marks + (await this.#commits.prune(ageMs, limit - marks)) : marks;
  }

  async ping(): Promise<void> {
    await this.#database.query('answering', this.#touch.bind({}));
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
