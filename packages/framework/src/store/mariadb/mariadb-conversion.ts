import { DIGITS_OF_LENGTH } from '../sortable-bigint.js';
import type { ColumnType } from '../table-definition.js';

type Types = Readonly<Record<ColumnType, string>>;

/** SQL that makes a value of type `to` from a column of the SQL type `from`, as well as the engine can. */
export function converted(types: Types, column: string, from: string, to: ColumnType): string {
  return from === types[to] ? column : makers[to](types, column, from);
}

const makers: Readonly<Record<ColumnType, (types: Types, column: string, from: string) => string>> = {
  integer: (...of) => `CAST(${asNumber(...of)} AS SIGNED)`,
  double: (...of) => `CAST(${asNumber(...of)} AS DOUBLE)`,
  bigint: (...of) => toSortable(`CAST(${asNumber(...of)} AS CHAR)`),
  boolean: (...of) => `(${asText(...of)} IN ('1', 'true'))`,
  text: asText,
  timestamp: asTimestamp,
  json: (types, column, from) => {
    const text = asText(types, column, from);
    return isNumber(types, from) || from === types.boolean ? text : `JSON_QUOTE(${text})`;
  },
};

function asText(types: Types, column: string, from: string): string {
  if (from === types.timestamp) return `CONCAT(REPLACE(CAST(${column} AS CHAR), ' ', 'T'), 'Z')`;
  if (from === types.boolean) return `CASE ${column} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END`;
  return `CAST(${asNumber(types, column, from)} AS CHAR)`;
}

function asNumber(types: Types, column: string, from: string): string {
  if (from === types.bigint) return fromSortable(column);
  if (from === types.json) return `JSON_UNQUOTE(JSON_EXTRACT(${column}, '$'))`;
  return from === types.timestamp ? `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000)` : column;
}

function asTimestamp(types: Types, column: string, from: string): string {
  if (isNumber(types, from)) {
    return `TIMESTAMPADD(MICROSECOND, ${asNumber(types, column, from)} * 1000, '1970-01-01 00:00:00.000')`;
  }
  return `CAST(REPLACE(REPLACE(${asText(types, column, from)}, 'T', ' '), 'Z', '') AS DATETIME(3))`;
}

function isNumber(types: Types, from: string): boolean {
  return [types.integer, types.double, types.bigint].includes(from);
}

/** The sortable text of a decimal one, see `sortable-bigint.ts`. */
function toSortable(decimal: string): string {
  const negative = `CONCAT('n', ${complement(withLength(`SUBSTR(${decimal}, 2)`))})`;
  return `CASE WHEN ${decimal} LIKE '-%' THEN ${negative} WHEN ${decimal} IS NOT NULL THEN CONCAT('p', ${withLength(decimal)}) END`;
}

/** The decimal text of a sortable one. */
function fromSortable(sortable: string): string {
  const digits = `SUBSTR(${sortable}, ${DIGITS_OF_LENGTH + 3})`;
  return `CASE WHEN ${sortable} < 'o' THEN CONCAT('-', ${complement(digits)}) ELSE ${digits} END`;
}

function withLength(digits: string): string {
  return `CONCAT(LPAD(CHAR_LENGTH(${digits}), ${DIGITS_OF_LENGTH}, '0'), ':', ${digits})`;
}

function complement(text: string): string {
  // by way of letters, or the second replacement would undo the first
  const letters = Array.from('abcdefghij');
  const lettered = letters.reduce((sql, letter, digit) => `REPLACE(${sql}, '${digit}', '${letter}')`, text);
  return letters.reduce((sql, letter, digit) => `REPLACE(${sql}, '${letter}', '${9 - digit}')`, lettered);
}
