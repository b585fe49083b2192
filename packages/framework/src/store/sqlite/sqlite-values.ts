import type { SqlValue } from '../../sqlite/statement-cache.js';
import { assertStorable } from '../storable.js';
import type { ColumnDefinition, ColumnType, ColumnValue } from '../table-definition.js';
import { fromSortable, toSortable } from '../sortable-bigint.js';

/**
 * The declared type of a column. It records the type of the definition, so that a change of it is noticed, and gives the affinity
 * that keeps the value (SQLite derives it from parts of the name: `INT`, `TEXT`, `DOUB`; else numeric).
 */
export const declaredType: Readonly<Record<ColumnType, string>> = {
  integer: 'INTEGER',
  double: 'DOUBLE',
  bigint: 'BIGNUM_TEXT',
  boolean: 'BOOLEAN',
  text: 'TEXT',
  timestamp: 'TIMESTAMP_MS',
  json: 'JSON_TEXT',
};

/** A value as it is bound to a parameter. Throws UnstorableValueError when it would not come back as it was given. */
export function toSql(table: string, column: ColumnDefinition, value: ColumnValue | undefined): SqlValue {
  assertStorable(table, column, value);
  if (value === null || value === undefined) return null;
  if (column.type === 'json') return JSON.stringify(value);
  if (typeof value === 'bigint') return toSortable(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'object') return Number(value);
  return value;
}

/** The value of a column as it was given. */
export function fromSql(type: ColumnType, value: SqlValue): ColumnValue {
  if (typeof value === 'string') return fromText(type, value);
  if (value === null) return null;
  if (type === 'boolean') return value !== 0;
  return type === 'timestamp' ? new Date(Number(value)) : value;
}

function fromText(type: ColumnType, value: string): ColumnValue {
  if (type === 'bigint') return fromSortable(value);
  if (type !== 'json') return value;
  const parsed: ColumnValue = JSON.parse(value);
  return parsed;
}

/** A bound value as a literal, for the one place that takes no parameters: DEFAULT in a table's definition. */
export function literal(value: SqlValue): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return typeof value === 'number' ? String(value) : 'NULL';
}
