import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';

/**
 * The steps from an empty file to the newest schema. A file remembers in `user_version` how many of them it has; a step
 * that was published never changes, new ones are added at the end.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE topics (
     name TEXT PRIMARY KEY,
     retention_ms REAL NOT NULL,
     retention_bytes REAL NOT NULL
   ) WITHOUT ROWID;

   -- next_offset and start_offset stay when all records are gone, so an offset is never given twice
   CREATE TABLE partitions (
     id INTEGER PRIMARY KEY,
     topic TEXT NOT NULL REFERENCES topics,
     partition INTEGER NOT NULL,
     start_offset INTEGER NOT NULL DEFAULT 0,
     next_offset INTEGER NOT NULL DEFAULT 0,
     bytes INTEGER NOT NULL DEFAULT 0,
     UNIQUE (topic, partition)
   );

   CREATE TABLE records (
     partition_id INTEGER NOT NULL,
     offset INTEGER NOT NULL,
     timestamp INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     key TEXT,
     headers TEXT NOT NULL,
     value BLOB,
     PRIMARY KEY (partition_id, offset)
   ) WITHOUT ROWID;

   -- generation: goes up whenever members of the group have something to look at
   CREATE TABLE groups (
     name TEXT PRIMARY KEY,
     generation INTEGER NOT NULL
   ) WITHOUT ROWID;

   -- AUTOINCREMENT: the id of a member that was thrown out is never given again
   CREATE TABLE members (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     group_name TEXT NOT NULL,
     identity TEXT NOT NULL,
     topics TEXT NOT NULL,
     beat INTEGER NOT NULL DEFAULT 0
   );
   CREATE INDEX members_of_group ON members (group_name);

   -- target: who shall have the partition; owner: who has it; epoch: the fencing token, up with each owner
   CREATE TABLE group_partitions (
     group_name TEXT NOT NULL,
     partition_id INTEGER NOT NULL,
     committed INTEGER NOT NULL,
     target INTEGER,
     owner INTEGER,
     epoch INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (group_name, partition_id)
   ) WITHOUT ROWID;`,
];

/** Brings the file to the newest schema. Several processes may do so at once. */
export async function migrateLog(file: SqliteFile): Promise<void> {
  if (file.read(version) === MIGRATIONS.length) return;
  await file.write((sql) => {
    // another process may have been faster between the look and this transaction
    const done = version(sql);
    if (done > MIGRATIONS.length)
      throw new Error(`${file.path} was made by a newer version of the framework`);
    for (const step of MIGRATIONS.slice(done)) sql.exec(step);
    sql.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function version(sql: StatementCache): number {
  return sql.get<{ user_version: number }>('PRAGMA user_version')!.user_version;
}
