/** Whether a path fits a template: `/payments/7` fits `/payments/{id}`. What the names in braces are does not matter. */
export function fitsTemplate(path: string, template: string): boolean {
  const [parts, wanted] = [path.split('/'), template.split('/')];
  return (
    parts.length === wanted.length &&
    wanted.every((part, place) => part === parts[place] || nameIn(part) !== undefined)
  );
}

/** A template without the names in its braces, which only matter to whoever fills them in: `/payments/{}`. */
export function nameless(template: string): string {
  return template.replaceAll(/\{[^}]*\}/g, '{}');
}

/** The name that stands for a part of a path: `id` of `{id}`; undefined: the part stands for itself. */
export function nameIn(part: string): string | undefined {
  return /^\{([^}]*)\}$/.exec(part)?.[1];
}
