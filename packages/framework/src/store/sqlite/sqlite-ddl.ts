import type { ColumnDefinition, ColumnType, IndexDefinition, TableDefinition } from '../table-definition.js';
import { quoted } from './sqlite-identifier.js';
import { declaredType, literal, toSql } from './sqlite-values.js';

/** `id` and `version`, as every table has them. */
export const ownColumns = ['"id" INTEGER PRIMARY KEY', '"version" INTEGER NOT NULL'] as const;

export function createTable({ name, columns }: TableDefinition): string {
  const all = [...ownColumns, ...columns.map((column) => columnSql(name, column))];
  return `CREATE TABLE ${quoted(name)} (${all.join(', ')})`;
}

export function addColumn(table: string, column: ColumnDefinition): string {
  return `ALTER TABLE ${quoted(table)} ADD COLUMN ${columnSql(table, column)}`;
}

/** @param prefix begins the index's name; for a table that gets another name later, something that no other table will ever use */
export function createIndex(table: string, { columns, unique }: IndexDefinition, prefix = table): string {
  // names of indexes are unique in the whole file: signs that no field has keep `a_b (c)` and `a (b_c)` apart
  const name = quoted(`${prefix}(${columns.join(',')})${unique ? ' unique' : ''}`);
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${quoted(table)} (${columns.map(quoted).join(', ')})`;
}

/** A column in a table's definition. */
export function columnSql(table: string, column: ColumnDefinition): string {
  const defaultSql = defaultLiteral(table, column);
  const parts = [quoted(column.name), declaredType[column.type]];
  if (!column.nullable) parts.push('NOT NULL');
  if (defaultSql !== undefined) parts.push(`DEFAULT ${defaultSql}`);
  return parts.join(' ');
}

/** What rows get that were there before the column; undefined: the definition does not say. */
export function defaultLiteral(table: string, column: ColumnDefinition): string | undefined {
  return column.default === undefined ? undefined : literal(toSql(table, column, column.default));
}

/** A value of that type for a person to replace, in a statement that needs one. */
export const placeholderLiteral: Readonly<Record<ColumnType, string>> = {
  integer: '0',
  double: '0',
  bigint: literal(toSql('', { name: '', type: 'bigint', nullable: false }, 0n)),
  boolean: '0',
  text: `''`,
  timestamp: '0',
  json: `'null'`,
};
