import { type JsonType, inWords, namedTypes, namedValues, typeInWords, valuesInWords } from './json-type.js';
import { type Misfit, misfit } from './misfit.js';
import { type LocatedSchema, isNothing, partOf, referredBy } from './located-schema.js';

const MAX_DEPTH = 5;

/** What fits a schema, in a few words: `text or null`. */
export function schemaInWords(accepted: LocatedSchema): string {
  return inWords([...new Set(words(accepted, 0))]);
}

function words(accepted: LocatedSchema, depth: number): string[] {
  const { schema } = accepted;
  if (isNothing(accepted)) return ['absent'];
  const values = namedValues(schema);
  if (values) return [valuesInWords(values)];
  const types = namedTypes(schema);
  if (types) return types.map(typeInWords);
  if (depth > MAX_DEPTH) return ['something'];
  const { $ref, allOf, anyOf, oneOf } = schema;
  if (typeof $ref === 'string') return words(referredBy(accepted, $ref), depth + 1);
  const members = [anyOf, oneOf, allOf].find(Array.isArray) as unknown[] | undefined;
  const inside = members?.flatMap((one) => words(partOf(accepted, one), depth + 1));
  return inside ?? (Object.keys(schema).length === 0 ? ['anything'] : ['something']);
}

/** A value of the wrong type. `isOnly`: it is always of that type. */
export function typeMisfit(path: string, type: JsonType, accepted: LocatedSchema, isOnly: boolean): Misfit {
  if (type === 'null' && !isOnly) return misfit(path, 'type', 'may be null', 'not be');
  const is = `${isOnly ? 'is' : 'may be'} ${typeInWords(type)}`;
  return misfit(path, 'type', is, `be ${schemaInWords(accepted)}`);
}
