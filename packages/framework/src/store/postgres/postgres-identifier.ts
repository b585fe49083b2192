/** A name as PostgreSQL takes it, whatever characters it has. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text as a literal (with `standard_conforming_strings`, which every session of ours has). */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
