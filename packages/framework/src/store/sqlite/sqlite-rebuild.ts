import type { ColumnDefinition, TableDefinition } from '../table-definition.js';
import { columnOf, leftoverColumns } from './sqlite-comparison.js';
import { converted } from './sqlite-conversion.js';
import { columnSql, defaultLiteral, ownColumns, placeholderLiteral } from './sqlite-ddl.js';
import { quoted } from './sqlite-identifier.js';
import type { ExistingTable } from './sqlite-schema.js';

/**
 * Statements on one line, for a person to run: SQLite can't change a column, so a new table with the columns of the definition takes the rows
 * over. Columns that left the definition are kept and may be empty. Indexes are made again by the next start.
 */
export function rebuildTable(table: TableDefinition, existing: ExistingTable): string {
  const leftover = leftoverColumns(table, existing);
  const own = [
    columnOf(existing, 'id') ? '"id"' : 'rowid',
    columnOf(existing, 'version') ? '"version"' : '1',
  ];
  const definitions = [
    ...ownColumns,
    ...table.columns.map((column) => columnSql(table.name, column)),
    ...leftover.map(({ name, type }) => `${quoted(name)} ${type}`),
  ];
  const names = [
    'id',
    'version',
    ...table.columns.map(({ name }) => name),
    ...leftover.map(({ name }) => name),
  ];
  const values = [
    ...own,
    ...table.columns.map((column) => valueOf(table.name, column, existing)),
    ...leftover.map(({ name }) => quoted(name)),
  ];
  const made = quoted(`skanu_new_${table.name}`);
  return [
    'BEGIN IMMEDIATE',
    `CREATE TABLE ${made} (${definitions.join(', ')})`,
    `INSERT INTO ${made} (${names.map(quoted).join(', ')}) SELECT ${values.join(', ')} FROM ${quoted(table.name)}`,
    `DROP TABLE ${quoted(table.name)}`,
    `ALTER TABLE ${made} RENAME TO ${quoted(table.name)}`,
    'COMMIT;',
  ].join('; ');
}

function valueOf(table: string, column: ColumnDefinition, existing: ExistingTable): string {
  const before = columnOf(existing, column.name);
  const fallback = defaultLiteral(table, column);
  if (!before) return fallback ?? (column.nullable ? 'NULL' : placeholderLiteral[column.type]);
  const value = converted(quoted(before.name), before.type, column.type);
  return column.nullable || !before.nullable || fallback === undefined
    ? value
    : `coalesce(${value}, ${fallback})`;
}
