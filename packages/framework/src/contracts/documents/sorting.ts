/** In the order of a text of each, whatever the language of the machine is. */
export function byText<T>(things: readonly T[], textOf: (thing: T) => string): T[] {
  return things.toSorted((one, other) => compared(textOf(one), textOf(other)));
}

function compared(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** An object with its names in order. */
export function sortedByName<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(byText(Object.entries(record), ([name]) => name));
}
