import { UnstorableValueError } from '../../kernel/errors/store-errors.js';
import type { SqlValues } from '../sql/sql-dialect.js';
import { fromSortable, toSortable } from '../sortable-bigint.js';
import type { ColumnType, ColumnValue } from '../table-definition.js';

/** The years that the server promises to keep. */
const YEARS = { first: 1_000, last: 9_999 };

/** How values travel: whole numbers come back as text, because they may be larger than a number of JavaScript. */
export const mariadbValues: SqlValues = {
  toSql(table, column, value) {
    if (column.type === 'json') return JSON.stringify(value);
    if (typeof value === 'bigint') return toSortable(value);
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (!(value instanceof Date)) return value;
    const year = value.getUTCFullYear();
    if (year >= YEARS.first && year <= YEARS.last) return toDatetime(value);
    const why = `MariaDB and MySQL keep the years ${YEARS.first} to ${YEARS.last}`;
    throw new UnstorableValueError(table, column.name, why);
  },

  fromSql: (type, stored) => readers[type](stored),

  // JSON_TABLE makes a row of each
  listToSql: (_type, values) => JSON.stringify(values),

  toNumber: Number,

  toBytes(stored) {
    // the driver gives a Buffer, whose bytes are also of Node's pool
    return Uint8Array.from(stored as Buffer);
  },
};

/** `2026-03-29 02:30:00.123` */
export function toDatetime(value: Date): string {
  return value.toISOString().slice(0, 23).replace('T', ' ');
}

const readers: Readonly<Record<ColumnType, (stored: unknown) => ColumnValue>> = {
  integer: Number,
  double: Number,
  bigint: (stored) => fromSortable(String(stored)),
  boolean: (stored) => Number(stored) !== 0,
  text: String,
  timestamp: (stored) => new Date(`${String(stored).replace(' ', 'T')}Z`),
  json: (stored) => {
    const parsed: ColumnValue = JSON.parse(String(stored));
    return parsed;
  },
};
