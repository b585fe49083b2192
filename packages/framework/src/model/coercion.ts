import { z } from 'zod';
import { unwrappedInput } from './schema-fields.js';

type Coercer = (value: unknown) => unknown;

const same: Coercer = (value) => value;
const made = new WeakMap<z.ZodType, Coercer>();

/**
 * Turns JSON as clients send it into what the schema wants, where the meaning is plain: `"1"` to a number, `"true"` to a
 * boolean, an ISO string to a Date, digits to a bigint. Everything else stays as it is, for the schema to judge.
 */
export function coerced(schema: z.ZodType, json: unknown): unknown {
  return coercerOf(schema)(json);
}

function coercerOf(schema: z.ZodType): Coercer {
  let coercer = made.get(schema);
  if (!coercer) {
    // a schema may contain itself (z.lazy): until it is made, look it up at run time
    made.set(schema, (value) => made.get(schema)!(value));
    made.set(schema, (coercer = make(unwrappedInput(schema))));
  }
  return coercer;
}

function make(schema: z.ZodType): Coercer {
  if (schema instanceof z.ZodNumber) return number;
  if (schema instanceof z.ZodBoolean)
    return (value) => (value === 'true' ? true : value === 'false' ? false : value);
  if (schema instanceof z.ZodBigInt) return bigint;
  if (schema instanceof z.ZodDate) return date;
  if (schema instanceof z.ZodLiteral) return literal([...schema.values]);
  if (schema instanceof z.ZodEnum) return literal(schema.options);
  if (schema instanceof z.ZodObject) return object(schema);
  if (schema instanceof z.ZodArray) return array(coercerOf(schema.element as z.ZodType));
  if (schema instanceof z.ZodLazy) return (value) => coerced(schema.def.getter() as z.ZodType, value);
  return same;
}

const number: Coercer = (value) => {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return value;
  const parsed = Number(value);
  // digits beyond what a number can hold would silently become another number
  return Number.isInteger(parsed) && !Number.isSafeInteger(parsed) ? value : parsed;
};

const bigint: Coercer = (value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d{1,1000}$/.test(value) ? BigInt(value) : value;
};

// a time of day needs its offset: without one it would be another instant on each machine
const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

const date: Coercer = (value) =>
  typeof value === 'string' && instant.safeParse(value).success ? new Date(value) : value;

function literal(values: readonly unknown[]): Coercer {
  const plain = values.filter((one) => ['number', 'boolean', 'bigint'].includes(typeof one));
  const bySpelling = new Map<unknown, unknown>(plain.map((one) => [String(one), one]));
  // what is allowed as it stands is meant as it stands
  return (value) => (values.includes(value) ? value : (bySpelling.get(value) ?? value));
}

function object(schema: z.ZodObject): Coercer {
  const fields = Object.entries(schema.shape)
    .map(([name, field]) => [name, coercerOf(field as z.ZodType)] as const)
    .filter(([, coercer]) => coercer !== same);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const [name, coercer] of fields) if (Object.hasOwn(copy, name)) copy[name] = coercer(copy[name]);
    return copy;
  };
}

function array(element: Coercer): Coercer {
  return element === same ? same : (value) => (Array.isArray(value) ? value.map(element) : value);
}
