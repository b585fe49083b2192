import type { SqlValue, StatementCache } from '../../sqlite/statement-cache.js';
import type { CompiledTable } from './compiled-table.js';
import { quoted } from './sqlite-identifier.js';

/**
 * Which columns of a row that was refused collide with another row: asked of the database, in the transaction that was refused, because
 * SQLite tells it in a message only.
 * @param values the bound values of an insert, or those that an update changes
 */
export function collidingColumns(
  sql: StatementCache,
  table: CompiledTable,
  id: number,
  values: ReadonlyMap<string, SqlValue>,
): readonly string[] {
  const unique = table.definition.indexes.filter((index) => index.unique);
  const colliding = unique.find(({ columns }) => {
    const same = columns.map((column) => {
      const other = values.has(column)
        ? '?'
        : `(SELECT ${quoted(column)} FROM ${table.quoted} WHERE "id" = ?)`;
      return `${quoted(column)} = ${other}`;
    });
    const bound = columns.map((column) => (values.has(column) ? values.get(column)! : id));
    const query = `SELECT 1 FROM ${table.quoted} WHERE ${same.join(' AND ')} AND "id" <> ?`;
    return sql.get(query, [...bound, id]) !== undefined;
  });
  if (colliding) return colliding.columns;
  return sql.get(table.selectById, [id]) ? ['id'] : [];
}
