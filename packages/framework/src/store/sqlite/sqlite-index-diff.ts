import type { StatementCache } from '../../sqlite/statement-cache.js';
import type { IndexDefinition, TableDefinition } from '../table-definition.js';
import { columnOf, type Difference, missingColumns, tooStrictIndexes } from './sqlite-comparison.js';
import { defaultLiteral } from './sqlite-ddl.js';
import { quoted } from './sqlite-identifier.js';
import { type ExistingTable, sameColumns } from './sqlite-schema.js';

/** The indexes of the definition that the database has not. An index of the same columns that is not unique does not do for a unique one. */
export function missingIndexes(table: TableDefinition, existing: ExistingTable): readonly IndexDefinition[] {
  return table.indexes.filter(
    ({ columns, unique }) =>
      !existing.indexes.some((index) => sameColumns(index.columns, columns) && index.unique === unique),
  );
}

/** Unique indexes that can't be made, and those that would refuse rows which the schema allows. */
export function indexDifferences(
  sql: StatementCache,
  table: TableDefinition,
  existing: ExistingTable,
): readonly Difference[] {
  const impossible = missingIndexes(table, existing)
    .filter(({ unique }) => unique)
    .flatMap((index) => duplicates(sql, table, existing, index));
  const tooStrict = tooStrictIndexes(table, existing)
    .filter((index) => !index.isConstraint)
    .map(({ name, columns }) => ({
      what: `${table.name} refuses rows with the same ${columns.join(', ')}, the schema does not`,
      statement: `DROP INDEX ${quoted(name)}`,
    }));
  return [...impossible, ...tooStrict];
}

function duplicates(
  sql: StatementCache,
  table: TableDefinition,
  existing: ExistingTable,
  index: IndexDefinition,
): Difference[] {
  const missing = missingColumns(table, existing).filter(({ name }) => index.columns.includes(name));
  // rows that are there get the default of a new column, or null, which never collides
  if (missing.some((column) => (defaultLiteral(table.name, column) ?? 'NULL') === 'NULL')) return [];
  const there = index.columns.filter((name) => columnOf(existing, name)).map(quoted);
  const same = there.length > 0 ? ` WHERE ${there.map((name) => `${name} IS NOT NULL`).join(' AND ')}` : '';
  const groups = there.length > 0 ? ` GROUP BY ${there.join(', ')}` : '';
  const query = `SELECT ${[...there, 'count(*) AS "rows"'].join(', ')} FROM ${quoted(table.name)}${same}${groups} HAVING count(*) > 1`;
  if (!sql.get(query)) return [];
  const what = `${table.name} has rows with the same ${index.columns.join(', ')}, the schema says that there are none (the statement lists them)`;
  return [{ what, statement: query }];
}
