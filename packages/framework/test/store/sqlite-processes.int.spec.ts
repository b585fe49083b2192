import { chmodSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { CallAbandonedError } from '../../src/kernel/errors/remote-errors.js';
import { commit, cup, cups, everything, numbers, plan } from '../../src/testing/store/store-samples.js';
import { Child } from './processes/child.js';
import { SqliteDatabaseOfTest } from './sqlite-database.js';

describe('SqliteStore among processes', () => {
  const databases: SqliteDatabaseOfTest[] = [];
  const children: Child[] = [];

  function fresh(): SqliteDatabaseOfTest {
    const database = new SqliteDatabaseOfTest();
    databases.push(database);
    return database;
  }

  function run(...args: ConstructorParameters<typeof Child>): Child {
    const child = new Child(...args);
    children.push(child);
    return child;
  }

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await Promise.all(databases.splice(0).map((database) => database.dispose()));
  });

  it('keeps all that it acknowledged before kill -9, and nothing by halves', async () => {
    const database = fresh();
    const acknowledged: number[] = [];
    for (const round of numbers(3)) {
      const child = run('./committing.ts', [database.path]);
      await child.told(100 * round);
      await child.kill();
      acknowledged.push(...child.lines.map(Number));
    }
    const { rows, events, marks, check } = database.inspect((sqlite) => ({
      rows: sqlite.prepare('SELECT id AS n FROM cups ORDER BY n').all(),
      events: sqlite
        .prepare('SELECT CAST(substr(event_id, 2) AS INTEGER) AS n FROM skanu_outbox ORDER BY n')
        .all(),
      marks: sqlite
        .prepare('SELECT CAST(substr(event_id, 2) AS INTEGER) AS n FROM skanu_inbox ORDER BY n')
        .all(),
      check: sqlite.prepare('PRAGMA integrity_check').get(),
    }));
    const stored = new Set(rows.map(({ n }) => n));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(events).toEqual(rows);
    expect(marks).toEqual(rows);
    expect(check).toEqual({ integrity_check: 'ok' });
  });

  it('gives the calls of a process that was killed to another to be undone, all that it had noted', async () => {
    const database = fresh();
    const child = run('./calling.ts', [database.path]);
    await child.told(100);
    await child.kill();
    const store = database.store();
    await store.open();
    try {
      const due = await store.intents.due(100_000, 60_000);
      const given = new Set(due.map(({ id }) => id));
      expect(child.lines.filter((id) => !given.has(id))).toEqual([]);
      await expect(store.commit(plan({ keeps: [child.lines[0]!] }))).rejects.toBeInstanceOf(
        CallAbandonedError,
      );
    } finally {
      await store.close();
    }
  });

  it('frees the lease of a process that was killed at once, and not before', async () => {
    const database = fresh();
    const store = database.store();
    await store.open();
    try {
      const child = run('./holding-a-lease.ts', [database.path]);
      await child.told(1);
      const { token } = JSON.parse(child.lines[0]!);
      expect(await store.leases.acquire('relay', 'parent', 60_000)).toBeUndefined();
      await child.kill();
      expect(await store.leases.acquire('relay', 'parent', 60_000)).toMatchObject({ token: token + 1 });
    } finally {
      await store.close();
    }
  });

  it('loses no count when several processes write to one file at once', async () => {
    const database = fresh();
    const store = database.store();
    await store.open();
    try {
      await store.ensureTables([cups]);
      await store.reserveIds(cups, 1);
      await commit(store, cup(1, 0));
      const counting = numbers(3).map(() => run('./counting.ts', [database.path, '60']));
      await Promise.all(counting.map((child) => child.done()));
      expect((await store.get(cups, 1))?.values['qty']).toBe(180);
      expect((await store.select(cups, everything)).length).toBe(181);
    } finally {
      await store.close();
    }
  });

  it('lets several processes make the same file at once', async () => {
    const database = fresh();
    const begin = String(Date.now() + 1_000);
    const starting = numbers(4).map(() => run('./trying-to-write.ts', [database.path, begin]));
    await Promise.all(starting.map((child) => child.done()));
    expect(starting.flatMap(({ lines }) => lines)).toEqual(numbers(4).map(() => 'opened'));
  });

  // the root user writes whatever the mode says, so that a child of another user has to try
  const isRoot = process.getuid?.() === 0;
  const other = isRoot ? { uid: 65_534, gid: 65_534 } : {};

  it('says STORE_READ_ONLY when it may read the file but not write it', async () => {
    const database = fresh();
    const store = database.store();
    await store.open();
    await store.ensureTables([cups]);
    await store.close();
    database.protect();
    const child = run('./trying-to-write.ts', [database.path], other);
    await child.done();
    expect(child.lines).toEqual(['STORE_READ_ONLY']);
  });

  it('says STORE_UNAVAILABLE when it may not make the file', async () => {
    const database = fresh();
    chmodSync(database.folder, 0o555);
    const child = run('./trying-to-write.ts', [database.path], other);
    await child.done();
    expect(child.lines).toEqual(['STORE_UNAVAILABLE']);
  });
});
