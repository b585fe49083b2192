/** A file that is made of contracts. */
export interface GeneratedDocument {
  /** `contracts`: for machines, in the folder of contracts; `docs`: for readers. */
  readonly folder: 'contracts' | 'docs';
  /** In that folder, with `/`. */
  readonly path: string;
  /** With a line break at its end. */
  readonly text: string;
}

/** JSON of which a `git diff` is readable: one thing in a line. */
export function jsonDocument(path: string, content: object): GeneratedDocument {
  return { folder: 'contracts', path, text: `${JSON.stringify(content, undefined, 2)}\n` };
}

/** A page that begins with a title and with what it is made of. */
export function pageDocument(path: string, title: string, parts: readonly string[]): GeneratedDocument {
  const note =
    'Written by `skanu contracts write` from what the services declare. Change that, not this page.';
  return { folder: 'docs', path, text: `${[`# ${title}`, note, ...parts].join('\n\n')}\n` };
}
