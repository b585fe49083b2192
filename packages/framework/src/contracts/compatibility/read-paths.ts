/** Whether somebody who reads `paths` reads the field at `wanted`, or something in it. `*` stands for the items of a list and for the fields of a record. */
export function readsPath(paths: Iterable<string>, wanted: string): boolean {
  // who reads a list reads its items
  const steps = wanted.replace(/(\/(\*|\d+))+$/, '').split('/');
  if (steps.length === 1) return true;
  for (const path of paths) {
    const read = path.split('/');
    if (read.length >= steps.length && steps.every((step, place) => isSameStep(step, read[place]!)))
      return true;
  }
  return false;
}

function isSameStep(one: string, other: string): boolean {
  return one === other || one === '*' || other === '*';
}

/** The path of what a field is in; empty: the whole value. */
export function parentField(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
