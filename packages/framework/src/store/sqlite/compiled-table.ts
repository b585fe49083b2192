import type { SqlValue } from '../../sqlite/statement-cache.js';
import type { ColumnDefinition, ColumnValue, Row, TableDefinition, Values } from '../table-definition.js';
import { UnstorableValueError } from '../../kernel/errors/store-errors.js';
import { quoted } from './sqlite-identifier.js';
import { fromSql, toSql } from './sqlite-values.js';

const ID: ColumnDefinition = { name: 'id', type: 'integer', nullable: false };
const VERSION: ColumnDefinition = { name: 'version', type: 'integer', nullable: false };

/** A row as SQLite gives it. */
export interface StoredRow {
  readonly id: number;
  readonly version: number;
  readonly [column: string]: SqlValue;
}

/** The SQL of a table's definition, written once for each definition. */
export class CompiledTable {
  static readonly #compiled = new WeakMap<TableDefinition, CompiledTable>();

  static of(definition: TableDefinition): CompiledTable {
    let table = this.#compiled.get(definition);
    if (!table) this.#compiled.set(definition, (table = new CompiledTable(definition)));
    return table;
  }

  readonly name: string;
  /** The name as SQL takes it. */
  readonly quoted: string;
  /** All columns by name, with `id` and `version`. */
  readonly columns: ReadonlyMap<string, ColumnDefinition>;
  /** `SELECT … FROM …` of whole rows. */
  readonly selectRows: string;
  /** Parameter: id. */
  readonly selectById: string;
  /** Parameters: id, then all columns of the definition. The version is 1. */
  readonly insert: string;
  /** Parameters: id, version. */
  readonly delete: string;
  readonly #updates = new Map<string, string>();

  private constructor(readonly definition: TableDefinition) {
    const { name, columns } = definition;
    this.name = name;
    this.quoted = quoted(name);
    this.columns = new Map([ID, VERSION, ...columns].map((column) => [column.name, column]));
    const all = [...this.columns.keys()].map(quoted);
    // the alias gives the name of the definition, where the database's differs by its case
    this.selectRows = `SELECT ${all.map((column) => `${column} AS ${column}`).join(', ')} FROM ${this.quoted}`;
    this.selectById = `${this.selectRows} WHERE "id" = ?`;
    this.insert = `INSERT INTO ${this.quoted} (${all.join(', ')}) VALUES (?, 1${', ?'.repeat(columns.length)})`;
    this.delete = `DELETE FROM ${this.quoted} WHERE "id" = ? AND "version" = ?`;
  }

  /** Parameters: those columns, then id and version. The version is raised by one. */
  update(columns: readonly string[]): string {
    const key = columns.join('\0');
    let sql = this.#updates.get(key);
    if (sql === undefined) {
      const set = [...columns.map((column) => `${quoted(column)} = ?`), '"version" = "version" + 1'];
      sql = `UPDATE ${this.quoted} SET ${set.join(', ')} WHERE "id" = ? AND "version" = ?`;
      this.#updates.set(key, sql);
    }
    return sql;
  }

  /** The bound values of all columns of the definition; what is missing in `values` gets the column's default. */
  boundRow(values: Values): SqlValue[] {
    for (const name of Object.keys(values)) this.#writable(name);
    return this.definition.columns.map((column) => {
      const value = values[column.name];
      return toSql(this.name, column, value === undefined ? column.default : value);
    });
  }

  /** The bound values of those columns that `values` has. */
  bound(values: Values): Map<string, SqlValue> {
    const bound = new Map<string, SqlValue>();
    for (const [name, value] of Object.entries(values)) {
      const column = this.#writable(name);
      if (value !== undefined) bound.set(name, toSql(this.name, column, value));
    }
    return bound;
  }

  /** A row of {@link selectRows}. */
  row(stored: StoredRow): Row {
    const values: Record<string, ColumnValue> = {};
    for (const { name, type } of this.definition.columns) values[name] = fromSql(type, stored[name]!);
    return { id: stored.id, version: stored.version, values };
  }

  #writable(name: string): ColumnDefinition {
    const column = this.columns.get(name);
    if (column && column !== ID && column !== VERSION) return column;
    throw new UnstorableValueError(this.name, name, 'there is no such column to write to');
  }
}
