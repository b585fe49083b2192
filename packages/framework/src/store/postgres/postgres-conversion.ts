import type { ColumnType } from '../table-definition.js';
import { columnTypes } from './postgres-types.js';

/** SQL that makes a value of type `to` from a column of the SQL type `from`, as well as the engine can. */
export function converted(column: string, from: string, to: ColumnType): string {
  switch (to) {
    case 'text':
      return asText(column, from);
    case 'boolean':
      return `(${asText(column, from)} IN ('1', 'true'))`;
    case 'timestamp':
      return asTimestamp(column, from);
    case 'json':
      return `to_json(${from === columnTypes.timestamp ? asText(column, from) : column})`;
    default:
      return `${asNumber(column, from)}::${columnTypes[to]}`;
  }
}

function asText(column: string, from: string): string {
  if (from === columnTypes.timestamp) {
    return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  }
  return from === columnTypes.json ? `(${column} #>> '{}')` : `${column}::text`;
}

function asNumber(column: string, from: string): string {
  if (from === columnTypes.timestamp) return `(extract(epoch FROM ${column}) * 1000)`;
  if (from === columnTypes.boolean) return `${column}::integer`;
  return from === columnTypes.json ? asText(column, from) : column;
}

function asTimestamp(column: string, from: string): string {
  if ([columnTypes.integer, columnTypes.double, columnTypes.bigint].includes(from)) {
    return `to_timestamp((${column} / 1000.0)::double precision)`;
  }
  return `${asText(column, from)}::${columnTypes.timestamp}`;
}
