import type { Kysely, RawBuilder } from 'kysely';
import type { Sorting } from '../selection.js';
import type { StoreCapabilities } from '../store.js';
import type {
  ColumnDefinition,
  ColumnType,
  ColumnValue,
  IndexDefinition,
  TableDefinition,
} from '../table-definition.js';
import type { ExistingColumn, ExistingIndex, ExistingTable } from './existing-table.js';
import type { SqlTransaction, Statement } from './sql-driver.js';

/** A piece of SQL with its parameters; the dialect's compiler quotes its names and numbers its parameters. */
export type Sql = RawBuilder<unknown>;

/** What differs from engine to engine in what the store says to it. */
export interface SqlDialect {
  readonly capabilities: StoreCapabilities;

  /** Compiles and never connects (Kysely with a `DummyDriver`). */
  readonly compiler: Kysely<unknown>;

  /** The longest name of a table or column: in bytes of UTF-8. */
  readonly maxNameBytes: number;

  readonly values: SqlValues;
  readonly expressions: SqlExpressions;
  readonly ddl: SqlDdl;

  /** Locks for the rest of a transaction. */
  readonly locks: SqlLocks;

  /** The framework's own tables; numbered from 1 by their place; only ever add to the end. Each is a list of statements. */
  readonly migrations: readonly (readonly string[])[];

  /** The tables that are there, of those names. */
  existingTables(
    transaction: SqlTransaction,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, ExistingTable>>;
}

/** How values travel. */
export interface SqlValues {
  /** What a parameter is bound to. The value is storable and not null. @throws UnstorableValueError when this engine can't keep it */
  readonly toSql: (table: string, column: ColumnDefinition, value: NonNullable<ColumnValue>) => unknown;
  /** A value as the driver gives it (not null), as it was given to {@link toSql}. */
  readonly fromSql: (type: ColumnType, stored: unknown) => ColumnValue;
  /** What the one parameter of `SqlExpressions.isOneOf` is bound to; each value comes from {@link toSql}, or is null. */
  readonly listToSql: (type: ColumnType, values: readonly unknown[]) => unknown;
  /** A whole number as the driver gives it: bigint columns, counts. */
  readonly toNumber: (stored: unknown) => number;
  /** Bytes as the driver gives them. */
  readonly toBytes: (stored: unknown) => Uint8Array;
}

/** SQL that every engine says in its own way. A `value` is a parameter. */
export interface SqlExpressions {
  /** Milliseconds since the epoch on the database's clock, as a whole number. */
  readonly nowMs: Sql;
  /** `ORDER BY` of one column: nulls first ascending, last descending. */
  readonly order: (column: Sql, direction: Sorting['direction']) => Sql;
  /** Whether a text has another in it; case, accents and wildcards count as they are. */
  readonly contains: (column: Sql, value: Sql) => Sql;
  /** Whether a column has one of the values of a list, in one parameter (see `SqlValues.listToSql`). */
  readonly isOneOf: (column: Sql, type: ColumnType, list: Sql) => Sql;
  /** The length of a text in bytes. */
  readonly byteLength: (text: Sql) => Sql;
  /** `INSERT` that does nothing (and affects no row) when a unique index refuses the row. `source` is `VALUES (…)` or `SELECT …`. */
  readonly insertOrIgnore: (table: Sql, columns: readonly Sql[], source: Sql) => Sql;
  /** `DELETE` of the rows with one of the whole numbers of a list, in one parameter. Locks those only: others may be in the midst of being inserted. */
  readonly deleteListed: (table: Sql, column: Sql, list: Sql) => Sql;
  /**
   * `UPDATE` of the rows whose primary key is one of the texts of a list, as far as they fit. The list is in order, and in one parameter (see `SqlValues.listToSql`). Locks
   * those rows only, in that order.
   */
  readonly updateListed: (table: Sql, assignments: Sql, column: Sql, list: Sql, condition: Sql) => Sql;
  /** A table `name` of the objects of a list, which is JSON in one parameter. Its columns are named like their properties, which are plain words. */
  readonly rowsIn: (list: Sql, columns: Readonly<Record<string, ColumnType>>, name: string) => Sql;
  /** `DELETE` of the rows that fit, up to a limit, those with the lowest `column` first. `key` names a row. */
  readonly deleteLowest: (table: Sql, key: readonly Sql[], condition: Sql, column: Sql, limit: Sql) => Sql;
}

/** Statements that make and change tables, each on one line, without a semicolon at the end; run one by one. */
export interface SqlDdl {
  /** The exact type of each column type, in the words in which `existingTables` tells it. */
  readonly columnTypes: Readonly<Record<ColumnType, string>>;
  createTable(table: TableDefinition): string;
  /** `fallback` is for columns that must have a value and have no default: a value of the type, for a person to replace. */
  addColumn(table: TableDefinition, column: ColumnDefinition, fallback?: 'fallback'): string;
  createIndex(table: TableDefinition, index: IndexDefinition): string;
  /** Gives a column the type and nullability of the definition, and converts what is in it as well as the engine can. */
  changeColumn(table: TableDefinition, column: ColumnDefinition, existing: ExistingColumn): string;
  /** Lets a column that left the definition be empty. */
  allowNull(table: string, existing: ExistingColumn): string;
  /** Takes a unique index or constraint away. */
  dropUnique(table: string, index: ExistingIndex): string;
  dropTable(table: string): string;
  /** Gives tables other names, all at once for those who read. */
  renameTables(renames: readonly { readonly from: string; readonly to: string }[]): readonly string[];
}

export interface SqlLocks {
  /**
   * Locks a name until the transaction ends: `shared` with others that lock it shared, `exclusive` with nobody. Names may meet by chance
   * (they are hashed), so a transaction locks each name before any row, and no two names exclusively.
   */
  lock(name: string, mode: 'shared' | 'exclusive'): Statement;
  /**
   * One process at a time makes or changes tables. `acquire` waits for minutes, and fails (or `expects` a row that it does not give) when the lock
   * can't be had; statements behind it wait for the locks of others for seconds. `release` where the end of the transaction does not do it.
   */
  readonly schema: { readonly acquire: readonly Statement[]; readonly release?: Statement };
}
