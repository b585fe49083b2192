/** JSON with the fields of each object in order of their names, so that the same data is the same text. */
export function sortedJson(value: unknown): string {
  return `${JSON.stringify(sortedFields(value), undefined, 2)}\n`;
}

/** The same data, with the fields of each object in order of their names; those that JSON leaves out are left out. */
export function sortedFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedFields);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sortedFields(inner)]));
}
