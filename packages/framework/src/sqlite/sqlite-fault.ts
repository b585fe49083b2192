/** What went wrong in SQLite, as far as the adapters tell it apart. */
export type SqliteFault = 'busy' | 'unique' | 'full' | 'read-only' | 'unavailable' | 'other';

const byPrimaryCode: Readonly<Record<number, SqliteFault>> = {
  5: 'busy', // SQLITE_BUSY
  6: 'busy', // SQLITE_LOCKED
  8: 'read-only', // SQLITE_READONLY
  10: 'unavailable', // SQLITE_IOERR
  11: 'unavailable', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'unavailable', // SQLITE_CANTOPEN
  26: 'unavailable', // SQLITE_NOTADB
};

const UNIQUE = [1555, 2067, 2579]; // SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE, _ROWID

/** Tells faults apart by SQLite's extended result code (https://www.sqlite.org/rescode.html). */
export function sqliteFault(error: unknown): SqliteFault {
  const code = (error as { errcode?: number }).errcode;
  if (code === undefined) return 'other';
  if (UNIQUE.includes(code)) return 'unique';
  return byPrimaryCode[code & 0xff] ?? 'other';
}

export function isBusy(error: unknown): boolean {
  return sqliteFault(error) === 'busy';
}

/** The disk failed to take what it was given. Counts as SQLite's own I/O error. */
export class DiskFault extends Error {
  readonly errcode = 10;

  constructor(path: string, cause: unknown) {
    super(
      `${path} could not be brought to the disk; what was written since is in doubt until it is opened anew`,
      { cause },
    );
  }
}
