import type { MariadbFlavor } from './connection-target.js';
import { tableOptions } from './mariadb-ddl.js';
import { differencesOf } from './mariadb-flavor.js';
import { LOCKS } from './mariadb-locks.js';

const LOCKS_OF_SIDE = Math.sqrt(LOCKS);

/**
 * The framework's own tables. Numbered from 1 by their place; only ever add to the end. The engine ends a transaction at each of these
 * statements, so each can be run again, when a migration was broken off in the middle.
 */
export function migrationsOf(flavor: MariadbFlavor): readonly (readonly string[])[] {
  // of identityText: no longer than this, so that IGNORE never cuts one off
  const identity = `VARCHAR(200) CHARACTER SET utf8mb4 COLLATE ${differencesOf[flavor].textCollation}`;
  const create = (table: string, ...parts: readonly string[]) =>
    `CREATE TABLE IF NOT EXISTS ${table} (${parts.join(', ')}) ${tableOptions(flavor)}`;
  return [
    [
      create('skanu_migrations', 'number INT NOT NULL PRIMARY KEY', 'applied_at BIGINT NOT NULL'),
      create('skanu_ids', `table_name ${identity} NOT NULL PRIMARY KEY`, 'next BIGINT NOT NULL'),
      create(
        'skanu_outbox',
        'position BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY',
        'event_id LONGTEXT NOT NULL',
        'topic LONGTEXT NOT NULL',
        'event_key LONGTEXT NULL',
        'headers LONGTEXT NOT NULL',
        'value LONGTEXT NOT NULL',
        'committed_at BIGINT NOT NULL',
      ),
      create(
        'skanu_inbox',
        `handler ${identity} NOT NULL`,
        `event_id ${identity} NOT NULL`,
        'done_at BIGINT NOT NULL',
        'PRIMARY KEY (handler, event_id)',
        'INDEX skanu_inbox_done_at (done_at)',
      ),
      create(
        'skanu_commits',
        `plan_id ${identity} NOT NULL PRIMARY KEY`,
        'happened BOOLEAN NOT NULL',
        'committed_at BIGINT NOT NULL',
        'INDEX skanu_commits_committed_at (committed_at)',
      ),
      create(
        'skanu_leases',
        `name ${identity} NOT NULL PRIMARY KEY`,
        `owner ${identity} NULL`,
        'token BIGINT NOT NULL',
        'expires_at BIGINT NOT NULL',
      ),
      create(
        'skanu_parked',
        'position BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY',
        `handler ${identity} NOT NULL`,
        `key_id ${identity} NULL`,
        `event_id ${identity} NOT NULL`,
        'record LONGTEXT NOT NULL',
        'value LONGBLOB NULL',
        'reason LONGTEXT NULL',
        'attempts BIGINT NOT NULL',
        'parked_at BIGINT NOT NULL',
        'UNIQUE INDEX skanu_parked_event (handler, event_id)',
        'INDEX skanu_parked_key (handler, key_id, position)',
      ),
      create(
        'skanu_views',
        `name ${identity} NOT NULL PRIMARY KEY`,
        'live BIGINT NOT NULL',
        'next BIGINT NULL',
        'newest BIGINT NOT NULL',
        'held BOOLEAN NOT NULL',
        'swap LONGTEXT NULL',
      ),
      create('skanu_locks', 'slot INT NOT NULL PRIMARY KEY'),
      `INSERT IGNORE INTO skanu_locks (slot) WITH RECURSIVE side AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM side WHERE n < ${LOCKS_OF_SIDE - 1}) SELECT one.n + ${LOCKS_OF_SIDE} * other.n FROM side AS one CROSS JOIN side AS other`,
    ],
    [
      create(
        'skanu_calls',
        `id ${identity} NOT NULL PRIMARY KEY`,
        'record LONGTEXT NOT NULL',
        'begun_at BIGINT NOT NULL',
        'due_at BIGINT NOT NULL',
        'abandoned_at BIGINT NULL',
        'attempts BIGINT NOT NULL',
        'reason LONGTEXT NULL',
        'INDEX skanu_calls_due_at (due_at)',
      ),
      create(
        'skanu_requests',
        `key_id ${identity} NOT NULL PRIMARY KEY`,
        'fingerprint LONGTEXT NOT NULL',
        'answer LONGTEXT NOT NULL',
        'subject_table LONGTEXT NULL',
        'subject_id BIGINT NULL',
        'withdrawn BOOLEAN NOT NULL',
        'created_at BIGINT NOT NULL',
        'INDEX skanu_requests_created_at (created_at)',
      ),
    ],
  ];
}
