/** A name as SQL takes it, whatever characters it has. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text as SQL takes it, on one line. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll(/['\\\n\r]/g, (character) => escapes[character]!)}'`;
}

const escapes: Readonly<Record<string, string>> = { "'": "''", '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
