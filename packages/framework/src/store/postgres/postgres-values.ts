import { UnstorableValueError } from '../../kernel/errors/store-errors.js';
import type { SqlValues } from '../sql/sql-dialect.js';
import type { ColumnType, ColumnValue } from '../table-definition.js';

/** The calendar of the server begins in the year before (4713 BC). */
const FIRST_YEAR = -4711;
/** Month, day and time in the text of a Date, behind the year. */
const BEHIND_YEAR = '-01-01T00:00:00.000Z'.length;
const TIMESTAMP =
  /^(?<year>\d+)-(?<month>\d\d)-(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d+))?\+00(?<bc> BC)?$/;

/** How values travel: as text both ways, except those that the driver reads by their type, see `postgres-types.ts`. */
export const postgresValues: SqlValues = {
  toSql(table, column, value) {
    if (column.type === 'json') return JSON.stringify(value);
    if (!(value instanceof Date)) return value;
    if (value.getUTCFullYear() >= FIRST_YEAR) return toTimestamp(value);
    throw new UnstorableValueError(table, column.name, 'PostgreSQL has no years before 4712 BC');
  },

  fromSql: (type, stored) => (readers[type] ?? asItIs)(stored),

  // the driver makes an array of it
  listToSql: (_type, values) => values,

  toNumber: Number,

  toBytes(stored) {
    // the driver gives a Buffer, whose memory it shares with other answers
    return Uint8Array.from(stored as Uint8Array);
  },
};

/** `2026-03-29T02:30:00.123Z`, or `0045-03-15T12:00:00.000Z BC`: there is no year 0. */
function toTimestamp(value: Date): string {
  const year = value.getUTCFullYear();
  const written = String(year > 0 ? year : 1 - year).padStart(4, '0');
  return `${written}${value.toISOString().slice(-BEHIND_YEAR)}${year > 0 ? '' : ' BC'}`;
}

function fromTimestamp(text: string): Date {
  const { year, month, day, hour, minute, second, fraction = '', bc } = TIMESTAMP.exec(text)?.groups ?? {};
  const value = new Date(0);
  value.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  value.setUTCHours(
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  return value;
}

const readers: Partial<Record<ColumnType, (stored: unknown) => ColumnValue>> = {
  bigint: (stored) => BigInt(stored as string),
  timestamp: (stored) => fromTimestamp(stored as string),
  json: (stored) => {
    const parsed: ColumnValue = JSON.parse(stored as string);
    return parsed;
  },
};

function asItIs(stored: unknown): ColumnValue {
  return stored as ColumnValue;
}
