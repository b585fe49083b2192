import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely';
import type { SqlDialect } from '../sql/sql-dialect.js';
import type { MariadbFlavor } from './connection-target.js';
import { ddlOf } from './mariadb-ddl.js';
import { expressionsOf } from './mariadb-expressions.js';
import { mariadbLocks } from './mariadb-locks.js';
import { migrationsOf } from './mariadb-migrations.js';
import { existingTables } from './mariadb-schema.js';
import { columnTypesOf } from './mariadb-types.js';
import { mariadbValues } from './mariadb-values.js';

/** The limit is 64 characters; tables of views get an ending, see `nextTableName`. */
const MAX_NAME_BYTES = 56;

/** What the store says to MariaDB, or to MySQL. */
export function mariadbDialect(flavor: MariadbFlavor): SqlDialect {
  const compiler = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new MysqlIntrospector(of),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    },
  });
  return {
    // the relay polls: the engine has nothing that wakes a client
    capabilities: { engine: flavor, sharedByHosts: true, notifiesOtherProcesses: false },
    compiler,
    maxNameBytes: MAX_NAME_BYTES,
    values: mariadbValues,
    expressions: expressionsOf(columnTypesOf(flavor)),
    ddl: ddlOf(flavor),
    locks: mariadbLocks,
    migrations: migrationsOf(flavor),
    existingTables,
  };
}
