/** A table of Markdown with columns of one width, as formatters have it. A cell may be several lines. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [titles, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = titles.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

/** Names as code, with commas between. @param otherwise what stands there when there is none */
export function codes(names: readonly string[], otherwise: string): string {
  return names.length === 0 ? otherwise : names.map((name) => `\`${name}\``).join(', ');
}
