import { SchemaDiffersError, StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import { NOW_MS } from './sqlite-time.js';

/** The framework's own tables. Numbered from 1 by their place; only ever add to the end. */
const migrations: readonly string[] = [
  `CREATE TABLE skanu_ids (table_name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;

   -- AUTOINCREMENT: a position is never given twice, so that a late removal can't hit a newer entry
   CREATE TABLE skanu_outbox (
     position INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, topic TEXT NOT NULL, key TEXT,
     headers TEXT NOT NULL, value TEXT NOT NULL, committed_at INTEGER NOT NULL);

   CREATE TABLE skanu_inbox (
     handler TEXT NOT NULL, event_id TEXT NOT NULL, done_at INTEGER NOT NULL,
     PRIMARY KEY (handler, event_id)) WITHOUT ROWID;
   CREATE INDEX skanu_inbox_done_at ON skanu_inbox (done_at);

   -- a lease that was given back stays as a row without owner: it keeps the last token
   CREATE TABLE skanu_leases (
     name TEXT PRIMARY KEY, owner TEXT, process TEXT NOT NULL, token INTEGER NOT NULL,
     expires_at INTEGER NOT NULL) WITHOUT ROWID;

   CREATE TABLE skanu_parked (
     position INTEGER PRIMARY KEY AUTOINCREMENT, handler TEXT NOT NULL, key TEXT, event_id TEXT NOT NULL,
     event_type TEXT, topic TEXT NOT NULL, partition INTEGER NOT NULL, record_offset INTEGER NOT NULL,
     record_key TEXT, headers TEXT NOT NULL, value BLOB, timestamp INTEGER NOT NULL, reason_code TEXT,
     reason_message TEXT, attempts INTEGER NOT NULL, parked_at INTEGER NOT NULL, UNIQUE (handler, event_id));
   CREATE INDEX skanu_parked_key ON skanu_parked (handler, key, position);`,

  // newest: the highest number that a generation ever had, so that none is used twice
  `CREATE TABLE skanu_views (
     view TEXT PRIMARY KEY, live INTEGER NOT NULL, next INTEGER, held INTEGER NOT NULL,
     newest INTEGER NOT NULL) WITHOUT ROWID;`,

  // due_at: until it is abandoned, the end of its hold
  `CREATE TABLE skanu_calls (
     id TEXT PRIMARY KEY, operation TEXT NOT NULL, begun_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
     abandoned_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, reason TEXT) WITHOUT ROWID;
   CREATE INDEX skanu_calls_due_at ON skanu_calls (due_at);

   -- with a rowid: the answers would make a tree of keys slow
   CREATE TABLE skanu_requests (
     key TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL, subject_table TEXT,
     subject_id INTEGER, withdrawn INTEGER NOT NULL, created_at INTEGER NOT NULL);
   CREATE INDEX skanu_requests_created_at ON skanu_requests (created_at);`,
];

const OWN_TABLE =
  'CREATE TABLE IF NOT EXISTS skanu_migrations (number INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)';

/** Brings the framework's own tables to the newest migration; with `verify` refuses what is missing. To be run in a write transaction. */
export function migrate(sql: StatementCache, store: string, schema: 'update' | 'verify'): void {
  const done = lastMigration(sql);
  if (done > migrations.length) {
    const help = `Its tables are at migration ${done}, this version knows ${migrations.length}: use a newer version.`;
    throw new StoreUnavailableError(store, undefined, help);
  }
  const missing = migrationSql(done);
  if (schema === 'verify' && done < migrations.length) {
    const what = `the framework's own tables are at migration ${done} of ${migrations.length}`;
    throw new SchemaDiffersError(store, [{ what, statement: missing.join(';\n') }]);
  }
  for (const statement of missing) sql.exec(statement);
}

/** The statements that bring the framework's own tables from one migration to the newest. */
export function migrationSql(from: number): string[] {
  const statements = migrations
    .slice(from)
    .flatMap((migration, index) => [
      migration,
      `INSERT INTO skanu_migrations (number, applied_at) VALUES (${from + index + 1}, ${NOW_MS})`,
    ]);
  return from === 0 ? [OWN_TABLE, ...statements] : statements;
}

function lastMigration(sql: StatementCache): number {
  const known = sql.get(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'skanu_migrations'`);
  if (!known) return 0;
  return sql.get<{ done: number }>('SELECT coalesce(max(number), 0) AS done FROM skanu_migrations')!.done;
}
