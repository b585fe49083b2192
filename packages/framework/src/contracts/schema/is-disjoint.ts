import { verdictOn } from './accepts-value.js';
import { type Alternative, alternativesOf } from './alternatives.js';
import { isWithin, namedTypes } from './json-type.js';
import { type LocatedSchema, isNothing, partOf, referredBy } from './located-schema.js';

const MAX_DEPTH = 4;

/** Whether surely no value that is sent is accepted: by its type, by the values that it has, or by a field that tells the kinds apart. */
export function isDisjoint(sent: Alternative, accepted: LocatedSchema, depth = 0): boolean {
  if (isNothing(accepted)) return true;
  if (depth > MAX_DEPTH) return false;
  const { schema } = accepted;
  if (sent.values) return sent.values.every((value) => verdictOn(accepted, value) === false);
  const apart = (type: Alternative['type']) => !isWithin(type, sent.type) && !isWithin(sent.type, type);
  if (namedTypes(schema)?.every(apart)) return true;
  const { $ref, allOf, anyOf, oneOf } = schema;
  const from = (one: unknown) => isDisjoint(sent, partOf(accepted, one), depth + 1);
  if (typeof $ref === 'string' && isDisjoint(sent, referredBy(accepted, $ref), depth + 1)) return true;
  if (Array.isArray(allOf) && allOf.some(from)) return true;
  for (const union of [anyOf, oneOf]) if (Array.isArray(union) && union.every(from)) return true;
  return sent.type === 'object' && hasFieldApart(sent, accepted, depth);
}

function hasFieldApart(sent: Alternative, accepted: LocatedSchema, depth: number): boolean {
  const { properties = {} } = accepted.schema;
  return Object.entries(properties).some(([name, wanted]) => {
    if (!sent.parts.some(({ schema }) => schema.required?.includes(name))) return false;
    const field = sent.parts.flatMap((part) => {
      const own = part.schema.properties?.[name];
      return own === undefined ? [] : [partOf(part, own)];
    });
    return (
      field.length > 0 &&
      alternativesOf(field).every((one) => isDisjoint(one, partOf(accepted, wanted), depth + 1))
    );
  });
}
