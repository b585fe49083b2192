import { sql } from 'kysely';
import { SchemaDiffersError, StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import type { SchemaChanges } from './schema-changes.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlDriver, SqlTransaction, Statement } from './sql-driver.js';

const TABLE = 'skanu_migrations';

/** Brings the framework's own tables to the newest migration; with `verify`, refuses what is missing and changes nothing. */
export async function migrate(
  driver: SqlDriver,
  dialect: SqlDialect,
  changes: SchemaChanges,
  mode: 'update' | 'verify',
): Promise<void> {
  await changes.carryOut(driver, 'migrating its own tables', async (transaction) => {
    const done = await lastMigration(transaction, dialect);
    const known = dialect.migrations.length;
    if (done > known) {
      const help = `Its tables are at migration ${done}, this version knows ${known}: use a newer version.`;
      throw new StoreUnavailableError(driver.name, undefined, help);
    }
    const statements = migrationSql(dialect, done);
    if (mode === 'update') {
      await transaction.run(statements.map((text): Statement => ({ sql: text, parameters: [] })));
    } else if (statements.length > 0) {
      const what = `its own tables are at migration ${done} of ${known}`;
      const differences = statements.map((statement) => ({ what, statement }));
      throw new SchemaDiffersError(driver.name, differences);
    }
  });
}

/** The statements of the migrations behind a number (0: all, for an empty database). */
export function migrationSql(dialect: SqlDialect, done: number): readonly string[] {
  const statements = dialect.migrations.slice(done).flatMap((migration, place) => {
    const { nowMs } = dialect.expressions;
    const number = sql.raw(String(done + place + 1));
    const note = sql`INSERT INTO ${sql.id(TABLE)} (number, applied_at) VALUES (${number}, ${nowMs})`;
    return [...migration, note.compile(dialect.compiler).sql];
  });
  return statements.map((statement) => statement.replaceAll(/\s+/g, ' ').trim());
}

/** 0 when there is none. The first migration makes the table itself. */
async function lastMigration(transaction: SqlTransaction, dialect: SqlDialect): Promise<number> {
  const tables = await dialect.existingTables(transaction, [TABLE]);
  if (!tables.has(TABLE)) return 0;
  const query = sql`SELECT coalesce(max(number), 0) AS done FROM ${sql.id(TABLE)}`.compile(dialect.compiler);
  const [result] = await transaction.run([query]);
  return dialect.values.toNumber(result!.rows[0]!['done']);
}
