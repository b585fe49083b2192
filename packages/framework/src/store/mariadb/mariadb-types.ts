import type { ColumnType } from '../table-definition.js';
import type { MariadbFlavor } from './connection-target.js';
import { differencesOf } from './mariadb-flavor.js';

/**
 * The type of a column for each type of a definition; no two are the same, so that a change of the definition is noticed.
 *
 * Text is `LONGTEXT`: what fits is a question of `max_allowed_packet` then, and not of the column. `bigint` is text that sorts as the
 * integers do, because `DECIMAL` ends at 65 digits. `timestamp` is in UTC; `TIMESTAMP` would end in 2038. JSON is not the engine's own, which
 * changes the order of keys and the digits of numbers (MySQL) or refuses what is nested deeply (MariaDB).
 */
export function columnTypesOf(flavor: MariadbFlavor): Readonly<Record<ColumnType, string>> {
  return {
    integer: 'BIGINT',
    double: 'DOUBLE',
    bigint: 'MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin',
    boolean: 'TINYINT(1)',
    text: `LONGTEXT CHARACTER SET utf8mb4 COLLATE ${differencesOf[flavor].textCollation}`,
    timestamp: 'DATETIME(3)',
    json: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  };
}

/** The types that an index takes by their beginning only, see `mariadb-indexes.ts`. */
export function isLong(type: ColumnType): boolean {
  return type === 'text' || type === 'json' || type === 'bigint';
}
