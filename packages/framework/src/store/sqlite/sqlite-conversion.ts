import type { ColumnType } from '../table-definition.js';
import { sqlFromSortable, sqlToSortable } from './sortable-bigint.js';
import { declaredType } from './sqlite-values.js';

/** SQL that makes a value of type `to` from a column that was declared as `from`, as well as SQLite can. */
export function converted(column: string, from: string, to: ColumnType): string {
  if (from === declaredType[to]) return column;
  const isText = to === 'text' || to === 'json';
  return makers[to](isText ? asText(column, from) : asNumber(column, from));
}

function asText(column: string, from: string): string {
  if (from === declaredType.timestamp)
    return `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
  if (from === declaredType.boolean) return `iif(${column}, 'true', iif(${column} IS NULL, NULL, 'false'))`;
  return asNumber(column, from);
}

function asNumber(column: string, from: string): string {
  if (from === declaredType.bigint) return sqlFromSortable(column);
  return from === declaredType.json ? `json_extract(${column}, '$')` : column;
}

const makers: Readonly<Record<ColumnType, (value: string) => string>> = {
  integer: (value) => `CAST(${value} AS INTEGER)`,
  double: (value) => `CAST(${value} AS REAL)`,
  bigint: (value) => sqlToSortable(`CAST(${value} AS TEXT)`),
  boolean: (value) => `(${value} IN (1, '1', 'true'))`,
  text: (value) => `CAST(${value} AS TEXT)`,
  timestamp: (value) =>
    `CASE typeof(${value}) WHEN 'text' THEN CAST(round(unixepoch(${value}, 'subsec') * 1000) AS INTEGER) ELSE ${value} END`,
  json: (value) => `CASE WHEN ${value} IS NOT NULL THEN json_quote(${value}) END`,
};
