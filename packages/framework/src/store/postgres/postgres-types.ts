import type { ColumnType } from '../table-definition.js';

/**
 * The type of a column for each type of a definition, in the words of `format_type`; no two are the same, so that a change of the definition
 * is noticed.
 *
 * `numeric` takes and sorts integers of any size. The collation "C" compares by code point. `json` keeps the text as it is: `jsonb` would sort
 * keys and refuse NUL.
 */
export const columnTypes: Readonly<Record<ColumnType, string>> = {
  integer: 'bigint',
  double: 'double precision',
  bigint: 'numeric',
  boolean: 'boolean',
  text: 'text COLLATE "C"',
  timestamp: 'timestamp(3) with time zone',
  json: 'json',
};

const OID = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, float8: 701 } as const;

const readers: Readonly<Record<number, (text: string) => unknown>> = {
  [OID.bool]: (text) => text === 't',
  [OID.bytea]: (text) => Buffer.from(text.slice('\\x'.length), 'hex'),
  [OID.int8]: Number,
  [OID.int2]: Number,
  [OID.int4]: Number,
  [OID.float8]: Number,
};

/** How the driver reads what the server sends: all that is not named here stays the text that it is. */
export const typeParsers = {
  getTypeParser: (oid: number): ((text: string) => unknown) => readers[oid] ?? String,
};
