import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import { Prepared } from '../sql/prepared.js';
import type { SqlDialect, SqlExpressions, SqlLocks } from '../sql/sql-dialect.js';
import type { Statement } from '../sql/sql-driver.js';
import { postgresDdl } from './postgres-ddl.js';
import { migrations } from './postgres-migrations.js';
import { existingTables } from './postgres-schema.js';
import { columnTypes } from './postgres-types.js';
import { postgresValues } from './postgres-values.js';

/** The server cuts longer names, silently. */
const MAX_NAME_BYTES = 63;

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const expressions: SqlExpressions = {
  // the time of the statement: that of the transaction is older than the locks that it has waited for
  nowMs: sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`,
  order: (column, direction) =>
    direction === 'asc' ? sql`${column} NULLS FIRST` : sql`${column} DESC NULLS LAST`,
  contains: (column, value) => sql`strpos(${column}, ${value}) > 0`,
  // one array, whose type the server takes from the column
  isOneOf: (column, _type, list) => sql`${column} = ANY(${list})`,
  byteLength: (text) => sql`octet_length(${text})`,
  insertOrIgnore: (table, columns, source) =>
    sql`INSERT INTO ${table} (${sql.join([...columns])}) ${source} ON CONFLICT DO NOTHING`,
  deleteListed: (table, column, list) => sql`DELETE FROM ${table} WHERE ${column} = ANY(${list})`,
  updateListed: (table, assignments, column, list, condition) => {
    // an UPDATE by itself goes through a small table in the order in which it lies there
    const locked = sql`SELECT ${column} FROM ${table} WHERE ${column} = ANY(${list}) AND ${condition}
      ORDER BY ${column} FOR UPDATE`;
    return sql`UPDATE ${table} SET ${assignments} WHERE ${column} IN (${locked})`;
  },
  rowsIn: (list, columns, name) => {
    const typed = Object.entries(columns).map(
      ([column, type]) => sql`${sql.id(column)} ${sql.raw(columnTypes[type])}`,
    );
    return sql`json_to_recordset(${list}::json) AS ${sql.id(name)} (${sql.join(typed)})`;
  },
  deleteLowest: (table, key, condition, column, limit) => {
    const names = sql.join([...key]);
    const lowest = sql`SELECT ${names} FROM ${table} WHERE ${condition} ORDER BY ${column} LIMIT ${limit}`;
    return sql`DELETE FROM ${table} WHERE (${names}) IN (${lowest})`;
  },
};

// the schema goes in, so that services that share a database don't wait for each other
const hashed = (name: unknown) => sql`hashtextextended(current_schema() || ${name}, 0)`;
const lockOf = {
  shared: new Prepared<'name'>(
    { compiler },
    (slot) => sql`SELECT pg_advisory_xact_lock_shared(${hashed(slot('name'))})`,
  ),
  exclusive: new Prepared<'name'>(
    { compiler },
    (slot) => sql`SELECT pg_advisory_xact_lock(${hashed(slot('name'))})`,
  ),
};

/** Shorter than the limit on statements that make tables. */
const SCHEMA_WAIT_MS = 590_000;
/** A table that waits to be changed can't be read: whoever asks for it comes behind the change. */
const TABLE_WAIT_MS = 3_000;

/** Advisory locks: they live in memory and end with the transaction. */
const locks: SqlLocks = {
  lock: (name, mode) => lockOf[mode].bind({ name }),
  schema: {
    acquire: [
      lockTimeout(SCHEMA_WAIT_MS),
      lockOf.exclusive.bind({ name: 'schema' }),
      lockTimeout(TABLE_WAIT_MS),
    ],
  },
};

function lockTimeout(limitMs: number): Statement {
  return { sql: `SET LOCAL lock_timeout = ${limitMs}`, parameters: [] };
}

/** How the store talks to PostgreSQL, from version 12. */
export const postgresDialect: SqlDialect = {
  capabilities: { engine: 'postgres', sharedByHosts: true, notifiesOtherProcesses: true },
  compiler,
  maxNameBytes: MAX_NAME_BYTES,
  values: postgresValues,
  expressions,
  ddl: postgresDdl,
  migrations,
  existingTables,
  locks,
};
