/**
 * Whether a version of SQLite has the mend for the WAL-reset bug, by which processes that write and checkpoint at the
 * same moment could lose committed pages (https://www.sqlite.org/wal.html#walresetbug).
 */
export function isSoundSqlite(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3) return major > 3;
  if (minor === 44) return patch >= 6;
  if (minor === 50) return patch >= 7;
  return minor > 51 || (minor === 51 && patch >= 3);
}
