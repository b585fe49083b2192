import type { SchemaDifference } from '../../kernel/errors/store-errors.js';
import type { ColumnDefinition, TableDefinition } from '../table-definition.js';
import type { ExistingColumn, ExistingTable } from './existing-table.js';
import type { SqlDdl } from './sql-dialect.js';

const OWN: readonly ColumnDefinition[] = ['id', 'version'].map((name) => ({
  name,
  type: 'integer',
  nullable: false,
}));

/** The columns of the definition that the database has not. */
export function missingColumns(table: TableDefinition, existing: ExistingTable): readonly ColumnDefinition[] {
  return table.columns.filter((column) => !columnOf(existing, column.name));
}

/** The columns of the database that left the definition. */
export function leftoverColumns(table: TableDefinition, existing: ExistingTable): readonly ExistingColumn[] {
  const wanted = [...OWN, ...table.columns].map(({ name }) => name);
  return existing.columns.filter(({ name }) => !wanted.includes(name));
}

export function columnOf(existing: ExistingTable, name: string): ExistingColumn | undefined {
  return existing.columns.find((column) => column.name === name);
}

/** Columns that differ in a way that is not additive, each with the statement that mends it. */
export function columnDifferences(
  ddl: SqlDdl,
  table: TableDefinition,
  existing: ExistingTable,
): SchemaDifference[] {
  const absentOwn = OWN.filter(({ name }) => !columnOf(existing, name)).map((column) => ({
    what: `${table.name} has no column ${column.name} of ours`,
    statement: ddl.addColumn(table, column, 'fallback'),
  }));
  const changed = [...OWN, ...table.columns].flatMap((column) => {
    const there = columnOf(existing, column.name);
    const faults = there ? columnFaults(ddl, table.name, column, there) : [];
    return there && faults.length > 0
      ? [{ what: faults.join(', and '), statement: ddl.changeColumn(table, column, there) }]
      : [];
  });
  const unfillable = missingColumns(table, existing)
    .filter((column) => !column.nullable && column.default === undefined)
    .map((column) => ({
      what: `${table.name}.${column.name} is new, must have a value and has no default for the rows that are there`,
      statement: ddl.addColumn(table, column, 'fallback'),
    }));
  const required = leftoverColumns(table, existing)
    .filter((column) => !column.nullable && !column.hasDefault)
    .map((column) => ({
      what: `${table.name}.${column.name} is in no schema any more, but must have a value`,
      statement: ddl.allowNull(table.name, column),
    }));
  return [...absentOwn, ...changed, ...unfillable, ...required];
}

function columnFaults(
  ddl: SqlDdl,
  table: string,
  column: ColumnDefinition,
  existing: ExistingColumn,
): string[] {
  const faults: string[] = [];
  const name = `${table}.${column.name}`;
  const type = ddl.columnTypes[column.type];
  if (existing.type !== type) faults.push(`${name} is ${existing.type}, not ${type} (${column.type})`);
  if (existing.nullable && !column.nullable) faults.push(`${name} may be empty, but must not be`);
  if (!existing.nullable && column.nullable) faults.push(`${name} must have a value, but may be empty`);
  return faults;
}
