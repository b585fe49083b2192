import { UniqueViolationError, VersionConflictError } from '../../kernel/errors/store-errors.js';
import { sqliteFault } from '../../sqlite/sqlite-fault.js';
import type { SqlValue, StatementCache } from '../../sqlite/statement-cache.js';
import type { Change } from '../write-plan.js';
import { CompiledTable } from './compiled-table.js';
import { collidingColumns } from './sqlite-collision.js';
import { toSql } from './sqlite-values.js';

/** A change with its values bound. Carrying it out tells the version of the row after it, 0 for a deleted one. */
export type BoundChange = (sql: StatementCache) => number;

/** Throws UnstorableValueError for values that would not come back as they are: before any transaction. */
export function bindChange(change: Change): BoundChange {
  const table = CompiledTable.of(change.table);
  if (change.kind === 'delete') {
    return (sql) => {
      if (sql.run(table.delete, [change.id, change.expectedVersion]) === 0) throw conflict(change);
      return 0;
    };
  }
  if (change.kind === 'update') {
    const values = table.bound(change.values);
    const text = table.update([...values.keys()]);
    const parameters = [...values.values(), change.id, change.expectedVersion];
    return (sql) => {
      if (runUnique(sql, table, text, parameters, change.id, values) === 0) throw conflict(change);
      return change.expectedVersion + 1;
    };
  }
  const id = toSql(table.name, table.columns.get('id')!, change.id);
  const row = table.boundRow(change.values);
  return (sql) => {
    const values = new Map(table.definition.columns.map(({ name }, place) => [name, row[place]!]));
    runUnique(sql, table, table.insert, [id, ...row], change.id, values);
    return 1;
  };
}

function runUnique(
  sql: StatementCache,
  table: CompiledTable,
  text: string,
  parameters: readonly SqlValue[],
  id: number,
  values: ReadonlyMap<string, SqlValue>,
): number {
  try {
    return sql.run(text, parameters);
  } catch (error) {
    if (sqliteFault(error) !== 'unique') throw error;
    throw new UniqueViolationError(table.name, collidingColumns(sql, table, id, values), error);
  }
}

function conflict({ table, id, expectedVersion }: Exclude<Change, { kind: 'insert' }>): VersionConflictError {
  return new VersionConflictError(table.name, id, expectedVersion);
}
