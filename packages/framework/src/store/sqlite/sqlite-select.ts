import { StoreFailedError } from '../../kernel/errors/store-errors.js';
import type { SqlValue } from '../../sqlite/statement-cache.js';
import type { Condition, Selection } from '../selection.js';
import type { ColumnDefinition, ColumnValue } from '../table-definition.js';
import type { CompiledTable } from './compiled-table.js';
import { quoted } from './sqlite-identifier.js';
import { toSql } from './sqlite-values.js';

/** SQL with the values of its parameters. */
export interface BoundSql {
  readonly sql: string;
  readonly parameters: SqlValue[];
}

/** The rows that fit, in order. `store` is for messages. */
export function selectSql(store: string, table: CompiledTable, selection: Selection): BoundSql {
  const { sql, parameters } = whereSql(store, table, selection.where);
  const order = selection.sort.map(
    ({ column, direction }) =>
      `${quoted(comparable(store, table, column).name)}${direction === 'desc' ? ' DESC' : ''}`,
  );
  return {
    sql: `${table.selectRows}${sql} ORDER BY ${[...order, '"id"'].join(', ')} LIMIT ? OFFSET ?`,
    parameters: [...parameters, selection.limit, selection.offset],
  };
}

/** How many rows fit, as `rows`. */
export function countSql(store: string, table: CompiledTable, where: readonly Condition[]): BoundSql {
  const { sql, parameters } = whereSql(store, table, where);
  return { sql: `SELECT count(*) AS rows FROM ${table.quoted}${sql}`, parameters };
}

function whereSql(store: string, table: CompiledTable, conditions: readonly Condition[]): BoundSql {
  if (conditions.length === 0) return { sql: '', parameters: [] };
  const bound = conditions.map((condition) => conditionSql(store, table, condition));
  return {
    sql: ` WHERE ${bound.map(({ sql }) => sql).join(' AND ')}`,
    parameters: bound.flatMap(({ parameters }) => parameters),
  };
}

function conditionSql(store: string, table: CompiledTable, condition: Condition): BoundSql {
  const { operator, value } = condition;
  if (value === null) return nullSql(known(store, table, condition.column), operator);
  const column = comparable(store, table, condition.column);
  const bind = (of: ColumnValue) => toSql(table.name, { ...column, nullable: true }, of);
  const name = quoted(column.name);
  switch (operator) {
    case 'in':
      return inSql(column, value.map(bind));
    case 'contains':
      assertText(store, table, column, operator);
      return { sql: `instr(${name}, ?) > 0`, parameters: [bind(value)] };
    case 'startsWith': {
      assertText(store, table, column, operator);
      // a range, so that an index helps; no UTF-8 has the byte FF, so that all texts with this beginning sort below the end
      return {
        sql: `${name} >= ? AND ${name} < ? || CAST(x'FF' AS TEXT)`,
        parameters: [bind(value), bind(value)],
      };
    }
    default:
      return { sql: `${name} ${symbols[operator]} ?`, parameters: [bind(value)] };
  }
}

const symbols = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function nullSql(column: ColumnDefinition, operator: Condition['operator']): BoundSql {
  if (operator === 'eq') return { sql: `${quoted(column.name)} IS NULL`, parameters: [] };
  if (operator === 'ne') return { sql: `${quoted(column.name)} IS NOT NULL`, parameters: [] };
  // nothing is less than, more than or part of null
  return { sql: 'FALSE', parameters: [] };
}

function inSql(column: ColumnDefinition, values: readonly SqlValue[]): BoundSql {
  const name = quoted(column.name);
  if (column.type === 'double') {
    return { sql: `${name} IN (${values.map(() => '?').join(', ')})`, parameters: [...values] };
  }
  // one parameter, so that lists of every length share one prepared statement
  return {
    sql: `${name} IN (SELECT value FROM json_each(?))`,
    parameters: [JSON.stringify(values)],
  };
}

function known(store: string, table: CompiledTable, name: string): ColumnDefinition {
  const column = table.columns.get(name);
  if (column) return column;
  throw misuse(store, `reading ${table.name}`, `it has no column ${name}`);
}

function comparable(store: string, table: CompiledTable, name: string): ColumnDefinition {
  const column = known(store, table, name);
  if (column.type !== 'json') return column;
  throw misuse(store, `reading ${table.name}`, `${name} holds JSON, which compares with null only`);
}

function assertText(store: string, table: CompiledTable, column: ColumnDefinition, operator: string): void {
  if (column.type === 'text') return;
  throw misuse(store, `reading ${table.name}`, `${operator} needs a text column, ${column.name} is none`);
}

function misuse(store: string, doing: string, why: string): StoreFailedError {
  return new StoreFailedError(store, `${doing}: ${why}`);
}
