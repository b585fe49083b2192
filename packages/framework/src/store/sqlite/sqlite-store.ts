import type { Clock } from '../../kernel/clock.js';
import type { CallIntents } from '../call-intents.js';
import type { Leases } from '../leases.js';
import type { ParkingLot } from '../parking-lot.js';
import type { RequestRecords } from '../request-records.js';
import type { Selection } from '../selection.js';
import type { IdBlock, Store, StoreCapabilities } from '../store.js';
import type { Row, TableDefinition } from '../table-definition.js';
import type { ViewGenerations } from '../view-generations.js';
import type { CommitOutcome, WritePlan } from '../write-plan.js';
import { CompiledTable, type StoredRow } from './compiled-table.js';
import { SqliteCallIntents } from './sqlite-call-intents.js';
import { SqliteDatabase } from './sqlite-database.js';
import { releaseIds, reserveIds } from './sqlite-ids.js';
import { pruneInbox } from './sqlite-inbox.js';
import { SqliteLeases } from './sqlite-leases.js';
import { migrate, migrationSql } from './sqlite-migrations.js';
import { SqliteOutbox } from './sqlite-outbox.js';
import { SqliteParkingLot } from './sqlite-parking-lot.js';
import { bindPlan } from './sqlite-plan.js';
import { SqliteRequestRecords } from './sqlite-request-records.js';
import { SqliteViewGenerations } from './sqlite-view-generations.js';
import { countSql, selectSql } from './sqlite-select.js';
import { ensureTables, tableSql } from './sqlite-tables.js';

export interface SqliteStoreOptions {
  /** The file; it and its folder are made when they are missing. Files with its name and `-wal`, `-shm` and `-bell` belong to it. */
  readonly path: string;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads the attempts of processes that wait for the file. */
  readonly random: () => number;
  /** How long a write waits for other processes to let go of the file, in milliseconds. Default: 10,000. */
  readonly busyLimitMs?: number;
  /** `verify` changes no table and refuses what is missing. Default: `update`. */
  readonly schema?: 'update' | 'verify';
}

/**
 * The store in one SQLite file, shared by the processes of one machine.
 *
 * All writes that wait at the same moment are one transaction on the disk (group commit), each of them still fails or succeeds alone.
 * Two processes that write take turns; neither stops its event loop meanwhile.
 *
 * @example
 * const store = new SqliteStore({ path: 'data/order.db', clock: systemClock, random: Math.random });
 * await store.open();
 * await store.ensureTables([orders]);
 */
export class SqliteStore implements Store {
  readonly capabilities: StoreCapabilities = {
    engine: 'sqlite',
    sharedByHosts: false,
    notifiesOtherProcesses: true,
  };
  readonly outbox: SqliteOutbox;
  readonly leases: Leases;
  readonly parking: ParkingLot;
  readonly views: ViewGenerations;
  readonly intents: CallIntents;
  readonly requests: RequestRecords;
  readonly #database: SqliteDatabase;
  readonly #schema: 'update' | 'verify';

  constructor({ path, clock, random, busyLimitMs = 10_000, schema = 'update' }: SqliteStoreOptions) {
    this.#schema = schema;
    this.#database = new SqliteDatabase({ path, clock, random, busyLimitMs });
    this.outbox = new SqliteOutbox(this.#database);
    this.leases = new SqliteLeases(this.#database);
    this.parking = new SqliteParkingLot(this.#database);
    this.views = new SqliteViewGenerations(this.#database);
    this.intents = new SqliteCallIntents(this.#database);
    this.requests = new SqliteRequestRecords(this.#database);
  }

  open(): Promise<void> {
    return this.#database.open((sql) => migrate(sql, this.#database.name, this.#schema));
  }

  ensureTables(tables: readonly TableDefinition[]): Promise<void> {
    return this.#database.write('making tables', (sql) =>
      ensureTables(sql, this.#database.name, tables, this.#schema),
    );
  }

  schemaSql(tables: readonly TableDefinition[]): string[] {
    return [...migrationSql(0), ...tables.flatMap(tableSql)];
  }

  reserveIds(table: TableDefinition, count: number): Promise<IdBlock> {
    return this.#database.write('reserving ids', (sql) => reserveIds(sql, table.name, count));
  }

  releaseIds(table: TableDefinition, unused: IdBlock): Promise<void> {
    return this.#database.write('releasing ids', (sql) => releaseIds(sql, table.name, unused));
  }

  get(table: TableDefinition, id: number): Promise<Row | undefined> {
    const compiled = CompiledTable.of(table);
    return this.#database.read(`reading ${table.name}`, (sql) => {
      const stored = sql.get<StoredRow>(compiled.selectById, [id]);
      return stored && compiled.row(stored);
    });
  }

  select(table: TableDefinition, selection: Selection): Promise<Row[]> {
    const compiled = CompiledTable.of(table);
    return this.#database.read(`reading ${table.name}`, (statements) => {
      const { sql, parameters } = selectSql(this.#database.name, compiled, selection);
      return statements.all<StoredRow>(sql, parameters).map((stored) => compiled.row(stored));
    });
  }

  count(table: TableDefinition, where: Selection['where']): Promise<number> {
    return this.#database.read(`counting ${table.name}`, (statements) => {
      const { sql, parameters } = countSql(this.#database.name, CompiledTable.of(table), where);
      return statements.get<{ rows: number }>(sql, parameters)!.rows;
    });
  }

  async commit(plan: WritePlan): Promise<CommitOutcome> {
    const carryOut = bindPlan(plan);
    const outcome = await this.#database.write('committing', carryOut, {
      announce: plan.events.length > 0,
      durability: plan.durability ?? 'durable',
    });
    if (outcome.kind === 'committed' && plan.events.length > 0) this.outbox.appended();
    return outcome;
  }

  flush(): Promise<void> {
    return this.#database.sync();
  }

  pruneInbox(ageMs: number, limit: number): Promise<number> {
    return this.#database.write('pruning the inbox', (sql) => pruneInbox(sql, ageMs, limit), {
      durability: 'buffered',
    });
  }

  /** Takes the right to write for a moment, and changes nothing. */
  async ping(): Promise<void> {
    await this.#database.write('answering', () => {});
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
