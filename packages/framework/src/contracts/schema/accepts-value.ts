import type { JsonSchema } from '../../model/json-schema.js';
import { isSameJson, isWithin, namedTypes, namedValues, typeOfValue } from './json-type.js';
import { type LocatedSchema, isNothing, partOf, referredBy } from './located-schema.js';
import type { NumberKeywords, TextKeywords } from './value-keywords.js';
import { UNJUDGED } from './unjudged-keywords.js';

/** `undefined`: it cannot be told. */
export type Verdict = boolean | undefined;

const MAX_DEPTH = 20;

/** Whether a schema takes one value. Lists and objects are only judged by their type, and by the values that are named. */
export function verdictOn(accepted: LocatedSchema, value: unknown, depth = 0): Verdict {
  if (isNothing(accepted)) return false;
  if (depth > MAX_DEPTH) return undefined;
  const { schema } = accepted;
  const { $ref, allOf, anyOf, oneOf } = schema;
  const on = (part: unknown) => verdictOn(partOf(accepted, part), value, depth + 1);
  return all([
    ownVerdict(schema, value),
    typeof $ref === 'string' ? verdictOn(referredBy(accepted, $ref), value, depth + 1) : true,
    Array.isArray(allOf) ? all(allOf.map(on)) : true,
    Array.isArray(anyOf) ? some(anyOf.map(on)) : true,
    Array.isArray(oneOf) ? exactlyOne(oneOf.map(on)) : true,
  ]);
}

function ownVerdict(schema: JsonSchema, value: unknown): Verdict {
  const type = typeOfValue(value);
  if (namedTypes(schema)?.some((one) => isWithin(type, one)) === false) return false;
  const values = namedValues(schema);
  if (values) return values.some((one) => isSameJson(one, value));
  if (UNJUDGED.some((keyword) => keyword in schema)) return undefined;
  if (typeof value === 'string') return onText(schema as TextKeywords, value);
  if (typeof value === 'number') return onNumber(schema as NumberKeywords, value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.keys(schema).every((keyword) => keyword === 'type') ? true : undefined;
}

function onText(
  { minLength = 0, maxLength = Infinity, pattern, format }: TextKeywords,
  value: string,
): Verdict {
  const length = [...value].length;
  if (length < minLength || length > maxLength) return false;
  // zod's patterns are stricter than the formats that they stand beside
  if (pattern !== undefined) return new RegExp(pattern, 'u').test(value);
  return format === undefined ? true : undefined;
}

function onNumber(schema: NumberKeywords, value: number): Verdict {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  return !(
    (minimum !== undefined && value < minimum) ||
    (maximum !== undefined && value > maximum) ||
    (exclusiveMinimum !== undefined && value <= exclusiveMinimum) ||
    (exclusiveMaximum !== undefined && value >= exclusiveMaximum) ||
    (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
  );
}

function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function some(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

function exactlyOne(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(undefined)) return undefined;
  return verdicts.filter(Boolean).length === 1;
}
