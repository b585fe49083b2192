import type { JsonSchema } from '../model/json-schema.js';
import { type Definitions, located } from './schema/located-schema.js';
import type { Misfit } from './schema/misfit.js';
import { SchemaComparison } from './schema/schema-comparison.js';

export type { Definitions, Misfit };

/**
 * What may come of it when a value that fits `sent` comes to somebody who takes what fits `accepted`. Empty: each such value is
 * accepted. Objects are open: fields that nobody accepts are ignored, and are no misfit. An object that is sent has the fields that its
 * schema names and no others, unless the schema says what others are. What cannot be told, such as two different patterns, is a misfit.
 */
export function misfits(
  sent: JsonSchema,
  accepted: JsonSchema,
  definitions: { readonly sent?: Definitions; readonly accepted?: Definitions } = {},
): Misfit[] {
  return new SchemaComparison().compare(
    '',
    [located(sent, definitions.sent)],
    located(accepted, definitions.accepted),
  );
}
