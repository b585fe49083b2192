import type { JsonSchema } from '../../model/json-schema.js';

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/** `number` holds the whole numbers too. */
export const ALL_TYPES: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

const WORDS: Readonly<Record<JsonType, string>> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  array: 'a list',
  object: 'an object',
};

export const typeInWords = (type: JsonType): string => WORDS[type];

/** The types that a schema names; undefined: it names none, so that all may be. */
export function namedTypes({ type }: JsonSchema): readonly JsonType[] | undefined {
  // a keyword of JSON Schema with these values
  return type === undefined ? undefined : ([type].flat() as JsonType[]);
}

export function typeOfValue(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  // a JSON value is nothing else
  return typeof value as JsonType;
}

/** Whether each value of one type is of the other. */
export function isWithin(type: JsonType, other: JsonType): boolean {
  return type === other || (type === 'integer' && other === 'number');
}

/** The values that a schema names with `enum` or `const`; undefined: it names none. */
export function namedValues(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : undefined;
}

/** JSON values by what they are. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every(
      (name) =>
        Object.hasOwn(other, name) &&
        isSameJson((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
    )
  );
}

/** `"tea", "coffee" or 1`; of many the first five. */
export function valuesInWords(values: readonly unknown[]): string {
  const shown = values.slice(0, 5).map((value) => JSON.stringify(value));
  if (values.length > shown.length) return `${shown.join(', ')} or ${values.length - shown.length} more`;
  return inWords(shown);
}

/** `a, b or c` */
export function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
