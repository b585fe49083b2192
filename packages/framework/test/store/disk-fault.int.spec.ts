import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import { sqliteFault } from '../../src/sqlite/sqlite-fault.js';
import { SqliteFile } from '../../src/sqlite/sqlite-file.js';
import { isSoundSqlite } from '../../src/sqlite/sqlite-version.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

describe('a disk that fails to take what was written', () => {
  it.skipIf(process.platform !== 'linux')(
    'is believed once and for all: nothing is called durable any more until the file is opened anew',
    async () => {
      using folder = temporaryFolder();
      const options = {
        path: join(folder.path, 'a.db'),
        clock: systemClock,
        random: Math.random,
        busyLimitMs: 1_000,
      };
      const probe = openSync(join(folder.path, 'probe'), 'w');
      closeSync(probe);
      const file = new SqliteFile(options);
      // the descriptors are given in order: the WAL's is one of the next, and closing it under the file is a disk that is gone
      await file.write((sql) => sql.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)'));
      for (let fd = probe; fd < probe + 30; fd++) if (namesWal(fd)) closeSync(fd);
      const failed = await file
        .write((sql) => sql.run('INSERT INTO t VALUES (1)'))
        .catch((error: unknown) => error);
      expect(sqliteFault(failed)).toBe('unavailable');
      await expect(file.write((sql) => sql.run('INSERT INTO t VALUES (2)'))).rejects.toBe(failed);
      await expect(file.sync()).rejects.toBe(failed);
    },
  );
});

describe('the version of SQLite', () => {
  it.each([
    ['3.44.5', false],
    ['3.44.6', true],
    ['3.50.6', false],
    ['3.50.7', true],
    ['3.51.2', false],
    ['3.51.3', true],
    ['3.53.4', true],
    ['', false],
  ])('%s is sound: %s', (version, sound) => {
    expect(isSoundSqlite(version)).toBe(sound);
  });
});

function namesWal(fd: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).endsWith('-wal') && !isSqlites(fd);
  } catch {
    return false;
  }
}

/** SQLite opens its own for reading and writing. */
function isSqlites(fd: number): boolean {
  const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!;
  return (Number.parseInt(flags, 8) & 3) !== 0;
}
