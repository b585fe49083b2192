import { sql } from 'kysely';
import { StoreFailedError } from '../../kernel/errors/store-errors.js';
import type { Condition, Selection } from '../selection.js';
import type { ColumnDefinition, ColumnValue } from '../table-definition.js';
import { endOfPrefix } from './end-of-prefix.js';
import type { Sql, SqlDialect } from './sql-dialect.js';
import type { Statement } from './sql-driver.js';
import type { SqlTable } from './sql-table.js';

/** A part of a statement: what makes its text, and the values for its slots. */
interface Part {
  /** The same for parts with the same text. */
  readonly shape: string;
  readonly values: readonly unknown[];
  readonly write: (slots: readonly Sql[]) => Sql;
}

/** Makes the statements that select rows. Those that differ in their values only are one prepared statement. */
export class SqlSelects {
  constructor(
    private readonly dialect: SqlDialect,
    /** For messages. */
    private readonly store: string,
  ) {}

  /** The rows that fit, in order. */
  select(table: SqlTable, selection: Selection): Statement {
    const parts = selection.where.map((condition) => this.#condition(table, condition));
    const sort = selection.sort.map(({ column, direction }) => ({
      column: this.#comparable(table, column).name,
      direction,
    }));
    const page: Part = {
      shape: JSON.stringify(sort),
      values: [selection.limit, selection.offset],
      write: ([limit, offset]) => {
        const order = [...sort, { column: 'id', direction: 'asc' as const }].map(({ column, direction }) =>
          this.dialect.expressions.order(sql.id(column), direction),
        );
        return sql`ORDER BY ${sql.join(order)} LIMIT ${limit} OFFSET ${offset}`;
      },
    };
    return statement(table, table.selectRows, 'select', parts, page);
  }

  /** How many rows fit, as `how_many`. */
  count(table: SqlTable, where: readonly Condition[]): Statement {
    const parts = where.map((condition) => this.#condition(table, condition));
    return statement(table, sql`SELECT count(*) AS how_many FROM ${table.sqlName}`, 'count', parts);
  }

  #condition(table: SqlTable, condition: Condition): Part {
    const { operator, value } = condition;
    if (value === null) return nullPart(this.#known(table, condition.column), operator);
    const column = this.#comparable(table, condition.column);
    const name = sql.id(column.name);
    const shape = JSON.stringify([column.name, operator]);
    const bound = (of: ColumnValue) => table.bound({ ...column, nullable: true }, of);
    switch (operator) {
      case 'in': {
        const list = this.dialect.values.listToSql(column.type, value.map(bound));
        return {
          shape,
          values: [list],
          write: ([slot]) => this.dialect.expressions.isOneOf(name, column.type, slot!),
        };
      }
      case 'contains':
        this.#assertText(table, column, operator);
        return {
          shape,
          values: [bound(value)],
          write: ([slot]) => this.dialect.expressions.contains(name, slot!),
        };
      case 'startsWith': {
        this.#assertText(table, column, operator);
        const start = bound(value);
        const end = endOfPrefix(value as string);
        if (end === undefined)
          return {
            shape: `${shape} to the end`,
            values: [start],
            write: ([from]) => sql`${name} >= ${from}`,
          };
        return {
          shape,
          values: [start, end],
          write: ([from, to]) => sql`${name} >= ${from} AND ${name} < ${to}`,
        };
      }
      default:
        return {
          shape,
          values: [bound(value)],
          write: ([slot]) => sql`${name} ${sql.raw(symbols[operator])} ${slot}`,
        };
    }
  }

  #known(table: SqlTable, name: string): ColumnDefinition {
    const column = table.columns.get(name);
    if (column) return column;
    throw this.#misuse(table, `it has no column ${name}`);
  }

  #comparable(table: SqlTable, name: string): ColumnDefinition {
    const column = this.#known(table, name);
    if (column.type !== 'json') return column;
    throw this.#misuse(table, `${name} holds JSON, which compares with null only`);
  }

  #assertText(table: SqlTable, column: ColumnDefinition, operator: string): void {
    if (column.type !== 'text')
      throw this.#misuse(table, `${operator} needs a text column, ${column.name} is none`);
  }

  #misuse(table: SqlTable, why: string): StoreFailedError {
    return new StoreFailedError(this.store, `reading ${table.name}: ${why}`);
  }
}

const symbols = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function nullPart({ name }: ColumnDefinition, operator: Condition['operator']): Part {
  const shape = JSON.stringify([name, operator, null]);
  const write = () => {
    if (operator === 'eq') return sql`${sql.id(name)} IS NULL`;
    if (operator === 'ne') return sql`${sql.id(name)} IS NOT NULL`;
    // nothing is less than, more than or part of null
    return sql`FALSE`;
  };
  return { shape, values: [], write };
}

function statement(table: SqlTable, head: Sql, kind: string, where: readonly Part[], tail?: Part): Statement {
  const parts = tail ? [...where, tail] : where;
  const values = parts.flatMap((part, of) => part.values.map((value, place) => [slotName(of, place), value]));
  const prepared = table.shaped(`${kind} ${parts.map(({ shape }) => shape).join(' ')}`, (slot) => {
    const written = parts.map((part, of) =>
      part.write(part.values.map((_, place) => slot(slotName(of, place)))),
    );
    const conditions =
      where.length > 0 ? sql` WHERE ${sql.join(written.slice(0, where.length), sql` AND `)}` : sql``;
    return sql`${head}${conditions} ${tail ? written.at(-1) : sql``}`;
  });
  return prepared.bind(Object.fromEntries(values));
}

function slotName(part: number, place: number): string {
  return `${part}.${place}`;
}
