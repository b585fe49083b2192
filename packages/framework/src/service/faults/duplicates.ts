import type { BootFault } from '../../kernel/errors/start-errors.js';

/** A fault for each identity that more than one thing has. The same thing listed twice counts once. */
export function duplicates<T>(
  things: readonly T[],
  identityOf: (thing: T) => string,
  nameOf: (thing: T) => string,
  fault: (identity: string, names: string) => BootFault,
): BootFault[] {
  const byIdentity = Map.groupBy(new Set(things), identityOf);
  return [...byIdentity]
    .filter(([, same]) => same.length > 1)
    .map(([identity, same]) => fault(identity, same.map(nameOf).join(' and ')));
}
