import { sql } from 'kysely';
import type { SchemaDifference } from '../../kernel/errors/store-errors.js';
import type { IndexDefinition, TableDefinition } from '../table-definition.js';
import { columnOf, leftoverColumns, missingColumns } from './column-differences.js';
import type { ExistingIndex, ExistingTable } from './existing-table.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlTransaction } from './sql-driver.js';

/** The indexes of the definition that the database has not. An index of the same columns that is not unique does not do for a unique one. */
export function missingIndexes(table: TableDefinition, existing: ExistingTable): readonly IndexDefinition[] {
  return table.indexes.filter(
    ({ columns, unique }) =>
      !existing.indexes.some((index) => sameColumns(index.columns, columns) && index.unique === unique),
  );
}

/** Unique indexes that can't be made, and those that would refuse rows which the schema allows. */
export async function indexDifferences(
  transaction: SqlTransaction,
  dialect: SqlDialect,
  table: TableDefinition,
  existing: ExistingTable,
): Promise<SchemaDifference[]> {
  const differences: SchemaDifference[] = [];
  for (const index of missingIndexes(table, existing).filter(({ unique }) => unique)) {
    const query = collisionsQuery(dialect, table, existing, index);
    const collisions = query && (await transaction.run([query]))[0]!.rows;
    if (!collisions?.length) continue;
    const what = `${table.name} has rows with the same ${index.columns.join(', ')}, the schema says that there are none (the statement lists them)`;
    differences.push({ what, statement: query!.sql });
  }
  const tooStrict = tooStrictIndexes(table, existing).map((index) => ({
    what: `${table.name} refuses rows with the same ${index.columns.join(', ')}, the schema does not`,
    statement: dialect.ddl.dropUnique(table.name, index),
  }));
  return [...differences, ...tooStrict];
}

/** A query that lists rows which a unique index would refuse; undefined when it can refuse none. */
function collisionsQuery(
  dialect: SqlDialect,
  table: TableDefinition,
  existing: ExistingTable,
  index: IndexDefinition,
) {
  // rows that are there get the default of a new column, or null, which never collides
  const isNew = missingColumns(table, existing).filter(({ name }) => index.columns.includes(name));
  if (isNew.some((column) => (column.default ?? null) === null)) return undefined;
  const there = index.columns.filter((name) => columnOf(existing, name)).map((name) => sql.id(name));
  const filled = there.map((name) => sql`${name} IS NOT NULL`);
  const same = there.length > 0 ? sql` WHERE ${sql.join(filled, sql` AND `)}` : sql``;
  const groups = there.length > 0 ? sql` GROUP BY ${sql.join(there)}` : sql``;
  const columns = sql.join([...there, sql`count(*) AS how_many`]);
  return sql`SELECT ${columns} FROM ${sql.id(table.name)}${same}${groups} HAVING count(*) > 1`.compile(
    dialect.compiler,
  );
}

/** Unique indexes that would refuse rows which the definition allows. */
function tooStrictIndexes(table: TableDefinition, existing: ExistingTable): readonly ExistingIndex[] {
  const emptyInNewRows = leftoverColumns(table, existing).filter((column) => !column.hasDefault);
  return existing.indexes.filter(
    (index) =>
      index.unique &&
      !table.indexes.some(({ columns, unique }) => unique && sameColumns(columns, index.columns)) &&
      !index.columns.some((name) => name === 'id' || emptyInNewRows.some((column) => column.name === name)),
  );
}

function sameColumns(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, place) => name === others[place]);
}
