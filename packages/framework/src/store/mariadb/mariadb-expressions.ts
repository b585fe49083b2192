import { sql } from 'kysely';
import type { Sql, SqlExpressions } from '../sql/sql-dialect.js';
import type { ColumnType } from '../table-definition.js';

/** What the engine says in its own way. `types` are those of columns. */
export function expressionsOf(types: Readonly<Record<ColumnType, string>>): SqlExpressions {
  /** A table of the values of a list, as `listed.v`. */
  const listed = (type: ColumnType, list: Sql) =>
    sql`JSON_TABLE(${list}, '$[*]' COLUMNS (v ${sql.raw(types[type])} PATH '$')) AS listed`;
  return {
    // not UNIX_TIMESTAMP, which ends in 2038
    nowMs: sql`(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`,
    // nulls are the lowest
    order: (column, direction) => sql`${column} ${sql.raw(direction)}`,
    contains: (column, value) => sql`LOCATE(${value}, ${column}) > 0`,
    isOneOf: (column, type, list) => sql`${column} IN (SELECT v FROM ${listed(type, list)})`,
    byteLength: (text) => sql`OCTET_LENGTH(${text})`,
    insertOrIgnore: (table, columns, source) =>
      sql`INSERT IGNORE INTO ${table} (${sql.join(columns)}) ${source}`,
    // from the list to the table: DELETE with IN would walk through the whole table, and wait for rows that others insert
    deleteListed: (table, column, list) =>
      sql`DELETE ${table} FROM ${listed('integer', list)} STRAIGHT_JOIN ${table} ON ${column} = listed.v`,
    // from the list to the table, for the same reason; forced, because a small table would be walked through all the same
    updateListed: (table, assignments, column, list, condition) =>
      sql`UPDATE ${listed('text', list)} STRAIGHT_JOIN ${table} FORCE INDEX (PRIMARY) ON ${column} = listed.v
        SET ${assignments} WHERE ${condition}`,
    rowsIn: (list, columns, name) => {
      const typed = Object.entries(columns).map(
        ([column, type]) => sql`${sql.id(column)} ${sql.raw(types[type])} PATH ${sql.lit(`$.${column}`)}`,
      );
      return sql`JSON_TABLE(${list}, '$[*]' COLUMNS (${sql.join(typed)})) AS ${sql.id(name)}`;
    },
    deleteLowest: (table, _key, condition, column, limit) =>
      sql`DELETE FROM ${table} WHERE ${condition} ORDER BY ${column} LIMIT ${limit}`,
  };
}
