import type { ExistingColumn } from '../sql/existing-table.js';
import type { SqlDdl } from '../sql/sql-dialect.js';
import type { ColumnDefinition, ColumnType, TableDefinition } from '../table-definition.js';
import type { MariadbFlavor } from './connection-target.js';
import { converted } from './mariadb-conversion.js';
import { differencesOf } from './mariadb-flavor.js';
import { quoted, textLiteral } from './mariadb-identifier.js';
import { addDigest, hasDigest, indexName, indexParts } from './mariadb-indexes.js';
import type { MariadbColumn, MariadbIndex } from './mariadb-schema.js';
import { columnTypesOf } from './mariadb-types.js';
import { mariadbValues } from './mariadb-values.js';

/** MariaDB adds a column without touching the rows, and fails when it has to note a default that is long. */
const LONG_DEFAULT = 2_000;

/** Every statement of these is a transaction of its own: what fails in the middle is taken up by the next start. */
export function ddlOf(flavor: MariadbFlavor): SqlDdl {
  const types = columnTypesOf(flavor);
  const alter = (table: string, ...changes: readonly string[]) =>
    `ALTER TABLE ${quoted(table)} ${changes.join(', ')}`;
  const columnSql = (table: string, column: ColumnDefinition) =>
    [
      quoted(column.name),
      types[column.type],
      column.nullable ? 'NULL' : 'NOT NULL',
      defaultSql(table, column),
    ]
      .join(' ')
      .trimEnd();

  return {
    columnTypes: types,

    createTable({ name, columns }) {
      const own = ['`id` BIGINT NOT NULL PRIMARY KEY', '`version` BIGINT NOT NULL'];
      const all = [...own, ...columns.map((column) => columnSql(name, column))];
      return `CREATE TABLE ${quoted(name)} (${all.join(', ')}) ${tableOptions(flavor)}`;
    },

    addColumn(table, column, fallback) {
      const given = fallback ? ` DEFAULT ${placeholders[column.type]}` : '';
      const add = `ADD COLUMN ${columnSql(table.name, column)}${given}`;
      return add.length > LONG_DEFAULT ? alter(table.name, add, 'ALGORITHM = COPY') : alter(table.name, add);
    },

    createIndex(table, index) {
      const kind = index.unique ? 'UNIQUE INDEX' : 'INDEX';
      const add = `ADD ${kind} ${quoted(indexName(index))} (${indexParts(table, index)})`;
      return hasDigest(table, index)
        ? alter(table.name, addDigest(table, index), add)
        : alter(table.name, add);
    },

    changeColumn(table, column, existing) {
      const definition = columnSql(table.name, column);
      if (existing.type === types[column.type]) {
        const modify = alter(table.name, `MODIFY COLUMN ${definition}`);
        return [...fillNulls(table.name, column), modify].join('; ');
      }
      const made = quoted(unusedName(table));
      const value = converted(types, quoted(existing.name), existing.type, column.type);
      return [
        alter(table.name, `ADD COLUMN ${made} ${types[column.type]} NULL`),
        `UPDATE ${quoted(table.name)} SET ${made} = ${orDefault(table.name, column, value)}`,
        // indexes are made again by the next start
        alter(table.name, ...dropColumn(existing), `CHANGE COLUMN ${made} ${definition}`),
      ].join('; ');
    },

    allowNull(table, existing) {
      return alter(table, `MODIFY COLUMN ${quoted(existing.name)} ${existing.type} NULL`);
    },

    dropUnique(table, index) {
      // it was made by `existingTables`
      const { digest } = index as MariadbIndex;
      const drop = index.name === 'PRIMARY' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoted(index.name)}`;
      return digest === undefined ? alter(table, drop) : alter(table, drop, `DROP COLUMN ${quoted(digest)}`);
    },

    dropTable: (table) => `DROP TABLE IF EXISTS ${quoted(table)}`,

    // one statement: all of it for who reads, and all or nothing when the server is killed
    renameTables: (renames) => [
      `RENAME TABLE ${renames.map(({ from, to }) => `${quoted(from)} TO ${quoted(to)}`).join(', ')}`,
    ],
  };
}

/** For tables of text that compares by code point. */
export function tableOptions(flavor: MariadbFlavor): string {
  return `ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${differencesOf[flavor].textCollation}`;
}

/** For a column in the making. */
function unusedName(table: TableDefinition): string {
  let name = 'skanu_new';
  while (table.columns.some((column) => column.name === name)) name += '_';
  return name;
}

/** Takes a column away with all that hangs on it. */
function dropColumn(existing: ExistingColumn): readonly string[] {
  // it was made by `existingTables`
  const { indexes } = existing as MariadbColumn;
  const drops = indexes.flatMap(({ name, digest }) => [
    `DROP INDEX ${quoted(name)}`,
    ...(digest === undefined ? [] : [`DROP COLUMN ${quoted(digest)}`]),
  ]);
  return [...drops, `DROP COLUMN ${quoted(existing.name)}`];
}

/** Gives rows without a value the default, before the column must have one. */
function fillNulls(table: string, column: ColumnDefinition): string[] {
  if (column.nullable || column.default === undefined || column.default === null) return [];
  const name = quoted(column.name);
  return [
    `UPDATE ${quoted(table)} SET ${name} = ${literal(table, column, column.default)} WHERE ${name} IS NULL`,
  ];
}

function orDefault(table: string, column: ColumnDefinition, value: string): string {
  if (column.nullable || column.default === undefined || column.default === null) return value;
  return `COALESCE(${value}, ${literal(table, column, column.default)})`;
}

function defaultSql(table: string, column: ColumnDefinition): string {
  if (column.default === undefined) return '';
  // in parentheses: MySQL takes defaults of long columns only as expressions
  return `DEFAULT (${column.default === null ? 'NULL' : literal(table, column, column.default)})`;
}

function literal(
  table: string,
  column: ColumnDefinition,
  value: NonNullable<ColumnDefinition['default']>,
): string {
  const bound = mariadbValues.toSql(table, column, value);
  if (typeof bound === 'string') return textLiteral(bound);
  // with an exponent, or the server takes it for a decimal
  const isDouble = column.type === 'double' && !String(bound).includes('e');
  return isDouble ? `${String(bound)}e0` : String(bound);
}

/** Values for a person to replace. */
const placeholders: Readonly<Record<ColumnType, string>> = {
  integer: '0',
  double: '0',
  bigint: `('p00001:0')`,
  boolean: '0',
  text: `('')`,
  timestamp: `'1970-01-01 00:00:00'`,
  json: `('null')`,
};
