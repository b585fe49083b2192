import type { ColumnDefinition, TableDefinition } from '../table-definition.js';
import {
  columnOf,
  type Difference,
  leftoverColumns,
  missingColumns,
  tooStrictIndexes,
} from './sqlite-comparison.js';
import { addColumn, placeholderLiteral } from './sqlite-ddl.js';
import { rebuildTable } from './sqlite-rebuild.js';
import type { ExistingColumn, ExistingTable } from './sqlite-schema.js';
import { declaredType } from './sqlite-values.js';

/** Columns, and constraints on them, that differ in a way that is not additive. */
export function columnDifferences(table: TableDefinition, existing: ExistingTable): readonly Difference[] {
  const changed = [
    ...['id', 'version'].flatMap((name) => ownColumnFault(table.name, existing, name)),
    ...table.columns.flatMap((column) => columnFaults(table.name, column, columnOf(existing, column.name))),
    ...leftoverColumns(table, existing)
      .filter((column) => !column.nullable && column.default === null)
      .map(({ name }) => `${table.name}.${name} is in no schema any more, but must have a value`),
    ...tooStrictIndexes(table, existing)
      .filter((index) => index.isConstraint)
      .map(
        ({ columns }) =>
          `${table.name} refuses rows with the same ${columns.join(', ')}, the schema does not`,
      ),
  ];
  const unfillable = missingColumns(table, existing).filter(
    (column) => !column.nullable && column.default === undefined,
  );
  const missing = unfillable.map((column) => ({
    what: `${table.name}.${column.name} is new, must have a value and has no default for the rows that are there`,
    statement: `${addColumn(table.name, column)} DEFAULT ${placeholderLiteral[column.type]}`,
  }));
  if (changed.length === 0) return missing;
  // the new table has all columns, so one statement mends all that is wrong with the table
  const what = [...changed, ...missing.map((difference) => difference.what)].join(', and ');
  return [{ what, statement: rebuildTable(table, existing) }];
}

function ownColumnFault(table: string, existing: ExistingTable, name: string): string[] {
  const column = columnOf(existing, name);
  return column?.type === 'INTEGER' && !column.nullable ? [] : [`${table} has no column ${name} of ours`];
}

function columnFaults(table: string, column: ColumnDefinition, existing?: ExistingColumn): string[] {
  if (!existing) return [];
  const faults: string[] = [];
  const type = declaredType[column.type];
  if (existing.type !== type) {
    faults.push(`${table}.${column.name} is ${existing.type}, not ${type} (${column.type})`);
  }
  if (existing.nullable && !column.nullable)
    faults.push(`${table}.${column.name} may be empty, but must not be`);
  if (!existing.nullable && column.nullable)
    faults.push(`${table}.${column.name} must have a value, but may be empty`);
  return faults;
}
