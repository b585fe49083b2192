/**
 * What a column holds, whatever the engine:
 * `integer` safe integers (±2^53) · `double` IEEE 754 · `bigint` integers of any size, as JavaScript's bigint · `boolean` ·
 * `text` Unicode without NUL, compared by code point (case and accents count) · `timestamp` an instant with
 * milliseconds, as a Date · `json` anything that JSON can say.
 */
export type ColumnType = 'integer' | 'double' | 'bigint' | 'boolean' | 'text' | 'timestamp' | 'json';

/** A value of a column. `json` columns take and give any JSON value. */
export type ColumnValue = string | number | bigint | boolean | Date | null | object;

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** What rows get that were there before the column was. Without it a new column must be nullable. */
  readonly default?: ColumnValue;
}

export interface IndexDefinition {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

/** A table for aggregates or views. Beside its columns each has `id` (primary key) and `version`, both `integer`. */
export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly indexes: readonly IndexDefinition[];
}

/** The values of a row by column name, without id and version. */
export type Values = Readonly<Record<string, ColumnValue>>;

/** A row as it is stored. */
export interface Row {
  readonly id: number;
  /** 1 when inserted, one more with each update. */
  readonly version: number;
  readonly values: Values;
}
