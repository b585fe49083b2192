import {
  SchemaDiffersError,
  StoreFailedError,
  type SchemaDifference,
} from '../../kernel/errors/store-errors.js';
import type { TableDefinition } from '../table-definition.js';
import { columnDifferences, missingColumns } from './column-differences.js';
import type { ExistingTable } from './existing-table.js';
import { indexDifferences, missingIndexes } from './index-differences.js';
import type { SqlDatabase } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlTransaction, Statement } from './sql-driver.js';
import type { SchemaChanges } from './schema-changes.js';

/** Makes tables, columns and indexes that are missing; refuses what differs. */
export class SqlSchema {
  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: SqlDialect,
    private readonly changes: SchemaChanges,
    private readonly mode: 'update' | 'verify',
  ) {}

  /** All tables are compared before any is changed. @throws SchemaDiffersError, nothing was changed then */
  async ensure(tables: readonly TableDefinition[]): Promise<void> {
    this.#assertNames(tables);
    await this.changes.carryOut(this.database, 'making tables', async (transaction) => {
      const names = tables.map(({ name }) => name);
      const existing = await this.dialect.existingTables(transaction, names);
      const missing = tables.flatMap((table) => this.#missing(table, existing.get(table.name)));
      const differences = this.mode === 'verify' ? [...missing] : [];
      for (const table of tables) {
        const there = existing.get(table.name);
        if (there) differences.push(...(await this.#differences(transaction, table, there)));
      }
      if (differences.length > 0) throw new SchemaDiffersError(this.database.name, differences);
      if (missing.length > 0) await transaction.run(missing.map(({ statement }) => plain(statement)));
    });
  }

  /** The statements that make tables in an empty database. */
  sql(tables: readonly TableDefinition[]): readonly string[] {
    const { ddl } = this.dialect;
    return tables.flatMap((table) => [
      ddl.createTable(table),
      ...table.indexes.map((index) => ddl.createIndex(table, index)),
    ]);
  }

  /** The columns of an index that the database has named in an error; none when it can't be asked. */
  async columnsOf(table: string, index: string | undefined): Promise<readonly string[]> {
    try {
      const tables = await this.database.transaction('reading an index', (transaction) =>
        this.dialect.existingTables(transaction, [table]),
      );
      return tables.get(table)?.indexes.find(({ name }) => name === index)?.columns ?? [];
    } catch {
      // what was refused matters more than why it can't be told in full
      return [];
    }
  }

  #missing(table: TableDefinition, existing: ExistingTable | undefined): SchemaDifference[] {
    const { ddl } = this.dialect;
    if (!existing)
      return this.sql([table]).map((statement) => ({ what: `${table.name} is missing`, statement }));
    const columns = missingColumns(table, existing).filter(
      ({ nullable, default: fallback }) => nullable || fallback !== undefined,
    );
    return [
      ...columns.map((column) => ({
        what: `${table.name}.${column.name} is missing`,
        statement: ddl.addColumn(table, column),
      })),
      ...missingIndexes(table, existing).map((index) => ({
        what: `${table.name} has no ${index.unique ? 'unique ' : ''}index over ${index.columns.join(', ')}`,
        statement: ddl.createIndex(table, index),
      })),
    ];
  }

  async #differences(
    transaction: SqlTransaction,
    table: TableDefinition,
    existing: ExistingTable,
  ): Promise<SchemaDifference[]> {
    return [
      ...(await indexDifferences(transaction, this.dialect, table, existing)),
      ...columnDifferences(this.dialect.ddl, table, existing),
    ];
  }

  #assertNames(tables: readonly TableDefinition[]): void {
    const names = tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => column.name)]);
    const long = names.find((name) => Buffer.byteLength(name) > this.dialect.maxNameBytes);
    if (long === undefined) return;
    // the server would cut it, and two names might become one
    const why = `making tables: the name ${long} has more than ${this.dialect.maxNameBytes} bytes`;
    throw new StoreFailedError(this.database.name, why);
  }
}

function plain(text: string): Statement {
  return { sql: text, parameters: [] };
}
