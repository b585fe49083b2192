import type { SchemaDiffersError } from '../../kernel/errors/store-errors.js';
import type { ColumnDefinition, TableDefinition } from '../table-definition.js';
import {
  type ExistingColumn,
  type ExistingIndex,
  type ExistingTable,
  sameColumns,
  sameName,
} from './sqlite-schema.js';

/** What stands in the way of a table, and what a person can do about it. */
export type Difference = SchemaDiffersError['differences'][number];

/** The columns of the definition that the database has not. */
export function missingColumns(table: TableDefinition, existing: ExistingTable): readonly ColumnDefinition[] {
  return table.columns.filter(({ name }) => !columnOf(existing, name));
}

/** The columns of the database that left the definition. */
export function leftoverColumns(table: TableDefinition, existing: ExistingTable): readonly ExistingColumn[] {
  const wanted = ['id', 'version', ...table.columns.map(({ name }) => name)];
  return existing.columns.filter(({ name }) => !wanted.some((one) => sameName(one, name)));
}

export function columnOf(existing: ExistingTable, name: string): ExistingColumn | undefined {
  return existing.columns.find((column) => sameName(column.name, name));
}

/** Unique indexes that would refuse rows which the definition allows. */
export function tooStrictIndexes(table: TableDefinition, existing: ExistingTable): readonly ExistingIndex[] {
  const emptyInNewRows = leftoverColumns(table, existing).filter(
    (column) => column.nullable && column.default === null,
  );
  return existing.indexes.filter(
    (index) =>
      index.unique &&
      !table.indexes.some(({ columns, unique }) => unique && sameColumns(columns, index.columns)) &&
      !index.columns.some(
        (name) => sameName(name, 'id') || emptyInNewRows.some((one) => sameName(one.name, name)),
      ),
  );
}
