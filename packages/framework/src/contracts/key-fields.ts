import type { EventClass } from '../model/domain-event.js';
import { FieldProbe } from './field-probe.js';

/** More often than this nobody falls back on another field. */
const MAX_RUNS = 10;

/** The fields that an event's key is made of, in the order in which they are looked at. Empty: they cannot be told. */
export function keyFields(event: EventClass): string[] {
  return fieldsLookedAt(event.keyOf, Object.keys(event.schema.shape));
}

/**
 * The fields of an event that a function looks at, in that order, with what they are in: `order.id`. Also those that it falls back on when others are not there.
 * @param names of all fields, for functions that look at them all
 */
export function fieldsLookedAt(look: (event: never) => unknown, names: readonly string[]): string[] {
  const probe = new FieldProbe(names);
  for (let runs = 0; runs < MAX_RUNS; runs++) {
    const before = probe.fields.length;
    try {
      // what has been looked at is not there the next time
      look(probe.next() as never);
    } catch {
      // it wants to do more with a field than to look at it: which field that is, is known by then
    }
    if (probe.fields.length === before) break;
  }
  return [...probe.fields];
}
