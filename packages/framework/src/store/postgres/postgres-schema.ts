import type { ExistingIndex, ExistingTable } from '../sql/existing-table.js';
import type { SqlTransaction } from '../sql/sql-driver.js';

/** An index with what the statement that drops it has to know. */
export interface PostgresIndex extends ExistingIndex {
  /** Made by a constraint of the table, and so can't be dropped alone. */
  readonly isConstraint: boolean;
}

const TABLE = `pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace AND s.nspname = current_schema()`;

// the collation counts where it is not the one that its type has anyway
const COLUMNS = `SELECT t.relname AS "table", a.attname AS name, NOT a.attnotnull AS nullable,
    format_type(a.atttypid, a.atttypmod) || coalesce(' COLLATE ' || quote_ident(c.collname), '') AS type,
    a.atthasdef OR a.attidentity <> '' AS has_default
  FROM ${TABLE}
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type y ON y.oid = a.atttypid
  LEFT JOIN pg_collation c ON c.oid = a.attcollation AND a.attcollation <> y.typcollation
  WHERE t.relkind IN ('r', 'p') AND t.relname = ANY($1::text[])
  ORDER BY t.relname, a.attnum`;

const INDEXES = `SELECT t.relname AS "table", i.relname AS name, x.indisunique AS is_unique,
    EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u')) AS is_constraint,
    (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number WHERE k.place <= x.indnkeyatts) AS columns
  FROM ${TABLE}
  JOIN pg_index x ON x.indrelid = t.oid AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL
  JOIN pg_class i ON i.oid = x.indexrelid
  WHERE t.relname = ANY($1::text[])
  ORDER BY t.relname, i.relname`;

/** The tables that are there, of those names: in the schema in which new ones would be made. */
export async function existingTables(
  transaction: SqlTransaction,
  names: readonly string[],
): Promise<ReadonlyMap<string, ExistingTable>> {
  const [columns, indexes] = await transaction.run([
    { sql: COLUMNS, parameters: [names] },
    { sql: INDEXES, parameters: [names] },
  ]);
  const columnsOf = Map.groupBy(columns!.rows, ({ table }) => table);
  const indexesOf = Map.groupBy(indexes!.rows, ({ table }) => table);
  return new Map(
    names.flatMap((name) => {
      const rows = columnsOf.get(name);
      if (!rows) return [];
      const table: ExistingTable = {
        columns: rows.map((row) => ({
          name: row['name'] as string,
          type: row['type'] as string,
          nullable: row['nullable'] as boolean,
          hasDefault: row['has_default'] as boolean,
        })),
        indexes: (indexesOf.get(name) ?? []).map(indexIn),
      };
      return [[name, table] as const];
    }),
  );
}

function indexIn(row: Readonly<Record<string, unknown>>): PostgresIndex {
  const columns: string[] = JSON.parse(row['columns'] as string);
  return {
    name: row['name'] as string,
    unique: row['is_unique'] as boolean,
    columns,
    isConstraint: row['is_constraint'] as boolean,
  };
}
