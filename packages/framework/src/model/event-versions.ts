import type { z } from 'zod';
import { UpcastError } from '../kernel/errors/model-errors.js';
import { messageOf } from '../kernel/errors/skanu-error.js';
import { wireName } from './wire-name.js';

/** The fields of an event as they travel: JSON, before any schema has looked at them. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** By version: makes the fields of the next version of those of this one. It gets a copy of its own. */
export type Upcasters = Readonly<Record<number, (fields: JsonFields) => JsonFields>>;

/** An older version in which an event is published as well, for those who still read that. */
export interface OlderVersion<Z = z.ZodObject, E = never> {
  /** Of that version. */
  readonly schema: Z;
  /** The fields of that version, made of the event. */
  readonly from: (event: E) => z.input<Z>;
}

/** What an event class says of its versions. */
export interface Versioned {
  readonly eventType: string;
  readonly version: number;
  readonly upcasters: Upcasters;
}

/** Brings fields from the version that they were written in to that of the reader's class, one version after the other. @throws UpcastError */
export function upcast(
  { eventType, version, upcasters }: Versioned,
  from: number,
  fields: JsonFields,
): JsonFields {
  if (from === version) return fields;
  // the same fields go to each handler and to each attempt, whatever an upcaster does to its argument
  let current: JsonFields = structuredClone(fields);
  for (let step = from; step < version; step++) {
    const name = wireName(eventType, step);
    const upcaster = upcasters[step];
    if (!upcaster) throw new UpcastError(name, step + 1, 'there is no upcaster for it');
    try {
      current = upcaster(current);
    } catch (error) {
      throw new UpcastError(name, step + 1, messageOf(error), error);
    }
    if (!isFields(current)) throw new UpcastError(name, step + 1, 'its upcaster returns no object');
  }
  return current;
}

function isFields(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
