import type { ExistingColumn, ExistingIndex, ExistingTable } from '../sql/existing-table.js';
import type { SqlTransaction, Statement, StatementResult } from '../sql/sql-driver.js';
import { digestName } from './mariadb-indexes.js';

/** An index with what the statement that drops it has to know. */
export interface MariadbIndex extends ExistingIndex {
  /** The name of its column with the digest, if it has one. */
  readonly digest: string | undefined;
}

/** A column with what the statement that replaces it has to know. */
export interface MariadbColumn extends ExistingColumn {
  /** The indexes that it is in. */
  readonly indexes: readonly MariadbIndex[];
}

type Row = StatementResult['rows'][number];

/** The tables that are there, of those names. */
export async function existingTables(
  transaction: SqlTransaction,
  names: readonly string[],
): Promise<ReadonlyMap<string, ExistingTable>> {
  if (names.length === 0) return new Map();
  const [columns, parts] = await transaction.run([columnsOf(names), indexPartsOf(names)]);
  const columnsByTable = Map.groupBy(columns!.rows, (row) => row['tab'] as string);
  const partsByTable = Map.groupBy(parts!.rows, (row) => row['tab'] as string);
  // a server that does not tell upper from lower case keeps names in lower case
  const isFolded = Number(columns!.rows[0]?.['folded']) > 0;
  return new Map(
    names.flatMap((name) => {
      const stored = isFolded ? name.toLowerCase() : name;
      const rows = columnsByTable.get(stored);
      return rows ? [[name, tableOf(rows, partsByTable.get(stored) ?? [])] as const] : [];
    }),
  );
}

// information_schema has names in upper case on MySQL: each gets the one that it has on both
function columnsOf(names: readonly string[]): Statement {
  const columns = `table_name AS tab, column_name AS name, column_type AS type, character_set_name AS charset,
    collation_name AS collation, is_nullable AS nullable, column_default AS fallback, @@lower_case_table_names AS folded`;
  return {
    sql: `SELECT ${columns} FROM information_schema.columns ${where(names)} ORDER BY table_name, ordinal_position`,
    parameters: names,
  };
}

function indexPartsOf(names: readonly string[]): Statement {
  const columns = `table_name AS tab, index_name AS name, non_unique AS loose, column_name AS col, sub_part AS part`;
  return {
    sql: `SELECT ${columns} FROM information_schema.statistics ${where(names)} ORDER BY table_name, index_name, seq_in_index`,
    parameters: names,
  };
}

function where(names: readonly string[]): string {
  return `WHERE table_schema = DATABASE() AND table_name IN (${names.map(() => '?').join(', ')})`;
}

function tableOf(columns: readonly Row[], parts: readonly Row[]): ExistingTable {
  const byName = Map.groupBy(parts, (row) => row['name'] as string);
  const indexes = Array.from(byName, ([name, own]) => indexOf(name, own)).filter(
    (index) => index !== undefined,
  );
  const digests = indexes.map(({ digest }) => digest);
  const visible = columns.filter((row) => !digests.includes(row['name'] as string));
  return { columns: visible.map((row) => columnOf(row, indexes)), indexes };
}

/** Undefined: it is over a part of what it tells apart, or over an expression. */
function indexOf(name: string, parts: readonly Row[]): MariadbIndex | undefined {
  const names = parts.map((row) => row['col'] as string | null);
  const columns = names.filter((column) => column !== null);
  const unique = Number(parts[0]!['loose']) === 0;
  const digest = columns.at(-1) === digestName(name) ? columns.pop() : undefined;
  const isWhole = parts.every((row) => row['part'] === null) || digest !== undefined || !unique;
  return isWhole && columns.length > 0 && !names.includes(null)
    ? { name, unique, columns, digest }
    : undefined;
}

function columnOf(row: Row, indexes: readonly MariadbIndex[]): MariadbColumn {
  const name = row['name'] as string;
  const fallback = row['fallback'] as string | null;
  return {
    name,
    type: typeOf(row),
    nullable: row['nullable'] === 'YES',
    // MariaDB says NULL as a word
    hasDefault: fallback !== null && fallback !== 'NULL',
    indexes: indexes.filter(({ columns }) => columns.includes(name)),
  };
}

function typeOf(row: Row): string {
  // the width that MariaDB shows for a BIGINT says nothing
  const type = String(row['type'])
    .toUpperCase()
    .replace(/^BIGINT\(\d+\)$/, 'BIGINT');
  const charset = row['charset'] as string | null;
  return charset === null ? type : `${type} CHARACTER SET ${charset} COLLATE ${row['collation'] as string}`;
}
