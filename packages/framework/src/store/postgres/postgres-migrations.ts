/** The framework's own tables. Numbered from 1 by their place; only ever add to the end. */
export const migrations: readonly (readonly string[])[] = [
  [
    'CREATE TABLE skanu_migrations (number bigint PRIMARY KEY, applied_at bigint NOT NULL)',

    'CREATE TABLE skanu_ids (table_name text COLLATE "C" PRIMARY KEY, next bigint NOT NULL)',

    // a sequence gives no position twice, so that a late removal can't hit a newer entry
    `CREATE TABLE skanu_outbox (
       position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL, topic text NOT NULL,
       event_key text, headers text NOT NULL, value text NOT NULL, committed_at bigint NOT NULL)`,

    `CREATE TABLE skanu_inbox (
       handler text COLLATE "C" NOT NULL, event_id text COLLATE "C" NOT NULL, done_at bigint NOT NULL,
       PRIMARY KEY (handler, event_id))`,
    'CREATE INDEX ON skanu_inbox (done_at)',

    `CREATE TABLE skanu_commits (
       plan_id text COLLATE "C" PRIMARY KEY, happened boolean NOT NULL, committed_at bigint NOT NULL)`,
    'CREATE INDEX ON skanu_commits (committed_at)',

    `CREATE TABLE skanu_leases (
       name text COLLATE "C" PRIMARY KEY, owner text COLLATE "C", token bigint NOT NULL, expires_at bigint NOT NULL)`,

    `CREATE TABLE skanu_parked (
       position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, handler text COLLATE "C" NOT NULL,
       key_id text COLLATE "C", event_id text COLLATE "C" NOT NULL, record text NOT NULL, value bytea, reason text,
       attempts bigint NOT NULL, parked_at bigint NOT NULL, UNIQUE (handler, event_id))`,
    'CREATE INDEX ON skanu_parked (handler, key_id, position)',

    `CREATE TABLE skanu_views (
       name text COLLATE "C" PRIMARY KEY, live bigint NOT NULL, next bigint, newest bigint NOT NULL,
       held boolean NOT NULL, swap text)`,
  ],
  [
    `CREATE TABLE skanu_calls (
       id text COLLATE "C" PRIMARY KEY, record text NOT NULL, begun_at bigint NOT NULL, due_at bigint NOT NULL,
       abandoned_at bigint, attempts bigint NOT NULL, reason text)`,
    'CREATE INDEX ON skanu_calls (due_at)',

    `CREATE TABLE skanu_requests (
       key_id text COLLATE "C" PRIMARY KEY, fingerprint text NOT NULL, answer text NOT NULL, subject_table text,
       subject_id bigint, withdrawn boolean NOT NULL, created_at bigint NOT NULL)`,
    'CREATE INDEX ON skanu_requests (created_at)',
  ],
];
