import type { JsonSchema } from '../../model/json-schema.js';

/** What zod makes of a bigint. */
const DIGITS = '^-?\\d+$';
const WHOLE: JsonSchema = { type: 'integer' };
const TEXT_OF_DIGITS: JsonSchema = { type: 'string', pattern: DIGITS };
const A_DAY: JsonSchema = { type: 'string', format: 'date' };
const TEXT_OF_BOOLEAN: JsonSchema = { enum: ['true', 'false'] };
const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** Schemas by name. They are read as the schema itself is. */
const BY_NAME = ['properties', '$defs'];
/** Into these the reader does not look: a value in a union, a tuple or a record must be what it is. */
const AS_IT_IS = ['allOf', 'prefixItems', 'additionalProperties', 'oneOf'];

/**
 * The schema of what a reader takes, as a reader of this framework takes it (src/model/coercion.ts): what was written as text is read as what it stands
 * for, and no whole number of JSON is beyond the bounds that zod gives every one.
 */
export function asRead(schema: JsonSchema): JsonSchema {
  return read(schema, true);
}

function read(schema: JsonSchema, isTurned: boolean): JsonSchema {
  const inner = Object.entries(schema)
    .filter(([keyword, value]) => !isWidestBound(keyword, value))
    .map(([keyword, value]) => [keyword, part(keyword, value, isTurned)] as const);
  const own: JsonSchema = Object.fromEntries(inner);
  const spellings = isTurned ? spellingsOf(own) : [];
  return spellings.length === 0 ? own : { anyOf: [own, ...spellings] };
}

function part(keyword: string, value: unknown, isTurned: boolean): unknown {
  if (BY_NAME.includes(keyword) && isSchema(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, isSchema(one) ? read(one, isTurned) : one]),
    );
  if (keyword === 'items' && isSchema(value)) return read(value, isTurned);
  if (keyword === 'anyOf' && Array.isArray(value)) return each(value, isTurned && isOneOrNull(value));
  if (AS_IT_IS.includes(keyword))
    return Array.isArray(value) ? each(value, false) : isSchema(value) ? read(value, false) : value;
  return value;
}

function each(schemas: readonly unknown[], isTurned: boolean): unknown[] {
  return schemas.map((one) => (isSchema(one) ? read(one, isTurned) : one));
}

/** In what other ways a value may be written. */
function spellingsOf(schema: JsonSchema): JsonSchema[] {
  const { pattern, format } = schema;
  const [type, ...others] = [schema['type'] ?? []].flat().filter((one) => one !== 'null');
  const named = [schema['const'] ?? [], schema['enum'] ?? []].flat();
  const texts = named.filter((one) => ['number', 'boolean'].includes(typeof one)).map(String);
  if (named.length > 0) return texts.length > 0 ? [{ enum: texts }] : [];
  // a union, as above
  if (others.length > 0) return [];
  if (type === 'boolean') return [TEXT_OF_BOOLEAN];
  // which numbers a text of digits may stand for, no schema says
  if (type === 'integer' || type === 'number')
    return BOUNDS.some((bound) => bound in schema) ? [] : [TEXT_OF_DIGITS];
  if (type !== 'string') return [];
  if (pattern === DIGITS) return [WHOLE];
  return format === 'date-time' && pattern === undefined ? [A_DAY] : [];
}

/** What may be null is read as what it is when it is there. */
function isOneOrNull(members: readonly unknown[]): boolean {
  return members.filter((one) => !(isSchema(one) && one['type'] === 'null')).length === 1;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWidestBound(keyword: string, bound: unknown): boolean {
  return (
    (keyword === 'minimum' && bound === Number.MIN_SAFE_INTEGER) ||
    (keyword === 'maximum' && bound === Number.MAX_SAFE_INTEGER)
  );
}
