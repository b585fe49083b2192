import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { TableDefinition } from '../table-definition.js';
import {
  type ViewGeneration,
  type ViewGenerations,
  nextTableName,
  oldTableName,
} from '../view-generations.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { createIndex, createTable } from './sqlite-ddl.js';
import { quoted } from './sqlite-identifier.js';
import { existingTable } from './sqlite-schema.js';
import {
  beginGeneration,
  endRebuild,
  generationOf,
  holdLive,
  registeredGeneration,
} from './sqlite-view-rows.js';

const FORGET_IDS = 'DELETE FROM skanu_ids WHERE table_name = ?';
const DROP_PARKED = 'DELETE FROM skanu_parked WHERE handler = ?';

/** The generations of views, in a table; SQLite changes tables in a transaction like rows, so a swap is one commit. */
export class SqliteViewGenerations implements ViewGenerations {
  constructor(private readonly database: SqliteDatabase) {}

  async current(view: string): Promise<ViewGeneration> {
    const known = await this.database.read('reading a view', (sql) => generationOf(sql, view));
    return known ?? this.database.write('registering a view', (sql) => registeredGeneration(sql, view));
  }

  beginRebuild(
    view: string,
    table: TableDefinition,
  ): Promise<{ readonly generation: number; readonly table: TableDefinition }> {
    const next = { ...table, name: nextTableName(table.name) };
    return this.database.write('beginning a rebuild', (sql) => {
      const generation = beginGeneration(sql, view);
      drop(sql, next.name);
      sql.exec(createTable(next));
      // the index keeps its name when the table gets another one
      const prefix = `${table.name}@${generation}`;
      for (const index of next.indexes) sql.exec(createIndex(next.name, index, prefix));
      return { generation, table: next };
    });
  }

  hold(view: string, generation: number): Promise<boolean> {
    return this.database.write('holding a view', (sql) => holdLive(sql, view, generation));
  }

  swap(
    view: string,
    generation: number,
    table: TableDefinition,
    handlers: readonly string[],
  ): Promise<boolean> {
    return this.database.write('swapping a view', (sql) => {
      if (!endRebuild(sql, view, generation, generation)) return false;
      drop(sql, oldTableName(table.name));
      dropIndexes(sql, table.name);
      rename(sql, table.name, oldTableName(table.name));
      rename(sql, nextTableName(table.name), table.name);
      for (const handler of handlers) sql.run(DROP_PARKED, [handler]);
      return true;
    });
  }

  async abandon(view: string, generation: number, table: TableDefinition): Promise<void> {
    await this.database.write('abandoning a rebuild', (sql) => {
      const { live } = registeredGeneration(sql, view);
      if (endRebuild(sql, view, generation, live)) drop(sql, nextTableName(table.name));
    });
  }

  async dropOld(table: TableDefinition): Promise<void> {
    await this.database.write('dropping an old view', (sql) => drop(sql, oldTableName(table.name)));
  }
}

function drop(sql: StatementCache, table: string): void {
  sql.exec(`DROP TABLE IF EXISTS ${quoted(table)}`);
  sql.run(FORGET_IDS, [table]);
}

function rename(sql: StatementCache, from: string, to: string): void {
  if (existingTable(sql, from)) sql.exec(`ALTER TABLE ${quoted(from)} RENAME TO ${quoted(to)}`);
}

/** The table stays to be looked at only, and the names of its indexes must be free for those of later tables. */
function dropIndexes(sql: StatementCache, table: string): void {
  for (const { name, isConstraint } of existingTable(sql, table)?.indexes ?? [])
    if (!isConstraint) sql.exec(`DROP INDEX ${quoted(name)}`);
}
