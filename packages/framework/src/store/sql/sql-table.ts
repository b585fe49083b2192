import { sql } from 'kysely';
import { UnstorableValueError } from '../../kernel/errors/store-errors.js';
import { assertStorable } from '../storable.js';
import type { ColumnDefinition, ColumnValue, Row, TableDefinition, Values } from '../table-definition.js';
import { Prepared } from './prepared.js';
import type { Sql, SqlDialect } from './sql-dialect.js';
import type { StatementResult } from './sql-driver.js';

const ID: ColumnDefinition = { name: 'id', type: 'integer', nullable: false };
const VERSION: ColumnDefinition = { name: 'version', type: 'integer', nullable: false };

/** So that sets of columns that come and go don't fill the memory of every connection. */
const MOST_SHAPES = 100;

/** A table with its statements, compiled once. Values are bound by the names of their columns. */
export class SqlTable {
  readonly name: string;
  readonly sqlName: Sql;
  /** All columns by name, with `id` and `version`. */
  readonly columns: ReadonlyMap<string, ColumnDefinition>;
  /** `SELECT … FROM …` of whole rows. */
  readonly selectRows: Sql;
  readonly selectById: Prepared<'id'>;
  /** The version is 1. */
  readonly insert: Prepared<string>;
  readonly delete: Prepared<'id' | 'version'>;
  readonly #shapes = new Map<string, Prepared<string>>();

  constructor(
    readonly definition: TableDefinition,
    private readonly dialect: SqlDialect,
  ) {
    const { name, columns } = definition;
    this.name = name;
    this.sqlName = sql.id(name);
    this.columns = new Map([ID, VERSION, ...columns].map((column) => [column.name, column]));
    const all = sql.join([...this.columns.keys()].map((column) => sql.id(column)));
    this.selectRows = sql`SELECT ${all} FROM ${this.sqlName}`;
    this.selectById = new Prepared(
      dialect,
      (slot) => sql`${this.selectRows} WHERE ${sql.id('id')} = ${slot('id')}`,
    );
    this.insert = new Prepared<string>(dialect, (slot) => {
      const values = columns.map((column) => slot(column.name));
      return sql`INSERT INTO ${this.sqlName} (${all}) VALUES (${sql.join([slot('id'), sql`1`, ...values])})`;
    });
    this.delete = new Prepared(
      dialect,
      (slot) =>
        sql`DELETE FROM ${this.sqlName} WHERE ${sql.id('id')} = ${slot('id')} AND ${sql.id('version')} = ${slot('version')}`,
    );
  }

  /** Slots: those columns, `id` and `version`. The version is raised by one. */
  update(columns: readonly string[]): Prepared<string> {
    return this.shaped(`update ${JSON.stringify(columns)}`, (slot) => {
      const version = sql.id('version');
      const set = [
        ...columns.map((column) => sql`${sql.id(column)} = ${slot(column)}`),
        sql`${version} = ${version} + 1`,
      ];
      return sql`UPDATE ${this.sqlName} SET ${sql.join(set)} WHERE ${sql.id('id')} = ${slot('id')} AND ${version} = ${slot('version')}`;
    });
  }

  /** The statement of a shape, kept prepared for the next time; beyond a number of shapes it is compiled for this time only. */
  shaped(shape: string, write: (slot: (name: string) => Sql) => Sql): Prepared<string> {
    const known = this.#shapes.get(shape);
    if (known) return known;
    const isKept = this.#shapes.size < MOST_SHAPES;
    const made = new Prepared<string>(this.dialect, write, isKept ? 'named' : 'unnamed');
    if (isKept) this.#shapes.set(shape, made);
    return made;
  }

  /** The bound values of all columns of the definition; what is missing in `values` gets the column's default. */
  boundRow(values: Values): Record<string, unknown> {
    for (const name of Object.keys(values)) this.#writable(name);
    const row = this.definition.columns.map((column) => {
      const value = values[column.name];
      return [column.name, this.bound(column, value === undefined ? column.default : value)] as const;
    });
    return Object.fromEntries(row);
  }

  /** The bound values of those columns that `values` has. */
  boundValues(values: Values): Record<string, unknown> {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given.map(([name, value]) => [name, this.bound(this.#writable(name), value)]));
  }

  /** A value as a parameter. @throws UnstorableValueError */
  bound(column: ColumnDefinition, value: ColumnValue | undefined): unknown {
    assertStorable(this.name, column, value);
    return value === null || value === undefined ? null : this.dialect.values.toSql(this.name, column, value);
  }

  /** A row of {@link selectRows}. */
  row(stored: StatementResult['rows'][number]): Row {
    const { fromSql, toNumber } = this.dialect.values;
    const values: Record<string, ColumnValue> = {};
    for (const { name, type } of this.definition.columns) {
      const value = stored[name];
      values[name] = value === null ? null : fromSql(type, value);
    }
    return { id: toNumber(stored['id']), version: toNumber(stored['version']), values };
  }

  #writable(name: string): ColumnDefinition {
    const column = this.columns.get(name);
    if (column && column !== ID && column !== VERSION) return column;
    throw new UnstorableValueError(this.name, name, 'there is no such column to write to');
  }
}

/** The tables of a store, each compiled once for its definition. */
export class SqlTables {
  readonly #tables = new WeakMap<TableDefinition, SqlTable>();

  constructor(private readonly dialect: SqlDialect) {}

  of(definition: TableDefinition): SqlTable {
    let table = this.#tables.get(definition);
    if (!table) this.#tables.set(definition, (table = new SqlTable(definition, this.dialect)));
    return table;
  }
}
