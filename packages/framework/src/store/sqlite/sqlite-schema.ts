import type { StatementCache } from '../../sqlite/statement-cache.js';

/** A column as the database has it. */
export interface ExistingColumn {
  readonly name: string;
  /** The declared type in upper case. */
  readonly type: string;
  readonly nullable: boolean;
  /** SQL of the default. */
  readonly default: string | null;
}

/** An index as the database has it, without those over a part of the rows; expressions are no columns. */
export interface ExistingIndex {
  readonly name: string;
  readonly unique: boolean;
  /** Made by a constraint in the table's definition, and so can't be dropped alone. */
  readonly isConstraint: boolean;
  readonly columns: readonly string[];
}

/** A table as the database has it. SQLite does not tell upper from lower case in names. */
export interface ExistingTable {
  readonly columns: readonly ExistingColumn[];
  readonly indexes: readonly ExistingIndex[];
}

const COLUMNS = `SELECT name, upper(type) AS type, "notnull" OR pk > 0 AS required, dflt_value
  FROM pragma_table_info(?) ORDER BY cid`;
const INDEXES = `SELECT name, "unique", origin FROM pragma_index_list(?) WHERE partial = 0 ORDER BY seq`;
const INDEX_COLUMNS = 'SELECT name FROM pragma_index_info(?) ORDER BY seqno';

/** Reads what there is; undefined when the table is missing. */
export function existingTable(sql: StatementCache, name: string): ExistingTable | undefined {
  const columns = sql
    .all<{ name: string; type: string; required: number; dflt_value: string | null }>(COLUMNS, [name])
    .map((column) => ({
      name: column.name,
      type: column.type,
      nullable: column.required === 0,
      default: column.dflt_value,
    }));
  if (columns.length === 0) return undefined;
  const indexes = sql.all<{ name: string; unique: number; origin: string }>(INDEXES, [name]).map((index) => ({
    name: index.name,
    unique: index.unique === 1,
    isConstraint: index.origin !== 'c',
    columns: sql
      .all<{ name: string | null }>(INDEX_COLUMNS, [index.name])
      .flatMap((column) => column.name ?? []),
  }));
  return { columns, indexes };
}

/** Whether SQLite takes the two for the same name. */
export function sameName(one: string, other: string): boolean {
  return asciiLower(one) === asciiLower(other);
}

/** Whether both name the same columns in the same order. */
export function sameColumns(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, place) => sameName(name, others[place]!));
}

function asciiLower(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
