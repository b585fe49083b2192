import { SchemaDiffersError } from '../../kernel/errors/store-errors.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { TableDefinition } from '../table-definition.js';
import { type Difference, missingColumns } from './sqlite-comparison.js';
import { addColumn, createIndex, createTable } from './sqlite-ddl.js';
import { indexDifferences, missingIndexes } from './sqlite-index-diff.js';
import { columnDifferences } from './sqlite-column-diff.js';
import { existingTable } from './sqlite-schema.js';

/**
 * Makes tables, columns and indexes that are missing (with `verify` refuses that too); refuses all of it when something else differs. To be
 * run in a write transaction: all tables are compared before any is changed, and no other process changes them in between.
 */
export function ensureTables(
  sql: StatementCache,
  store: string,
  tables: readonly TableDefinition[],
  schema: 'update' | 'verify',
): void {
  const compared = tables.map((table) => ({ table, ...compare(sql, table) }));
  const differences = compared.flatMap((comparison) => comparison.differences);
  if (schema === 'verify') {
    for (const { table, statements } of compared)
      for (const statement of statements)
        differences.push({ what: `${table.name} is not as its schema says`, statement });
  }
  if (differences.length > 0) throw new SchemaDiffersError(store, differences);
  for (const statement of compared.flatMap((comparison) => comparison.statements)) sql.exec(statement);
}

/** The statements that make a table in an empty database. */
export function tableSql(table: TableDefinition): string[] {
  return [createTable(table), ...table.indexes.map((index) => createIndex(table.name, index))];
}

function compare(
  sql: StatementCache,
  table: TableDefinition,
): { statements: readonly string[]; differences: readonly Difference[] } {
  const existing = existingTable(sql, table.name);
  if (!existing) return { statements: tableSql(table), differences: [] };
  return {
    statements: [
      ...missingColumns(table, existing).map((column) => addColumn(table.name, column)),
      ...missingIndexes(table, existing).map((index) => createIndex(table.name, index)),
    ],
    // indexes first: a statement that rebuilds the table takes them away
    differences: [...indexDifferences(sql, table, existing), ...columnDifferences(table, existing)],
  };
}
