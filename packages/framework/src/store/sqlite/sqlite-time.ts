/** SQL for the database's clock: milliseconds since the epoch. SQLite's clock is the machine's, shared by all processes of the file. */
export const NOW_MS = `CAST(round(unixepoch('subsec') * 1000) AS INTEGER)`;
