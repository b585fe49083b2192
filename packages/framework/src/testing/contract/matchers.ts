import { alternativesOf } from '../../contracts/schema/alternatives.js';
import { isSameJson } from '../../contracts/schema/json-type.js';
import { type Conjunction, located } from '../../contracts/schema/located-schema.js';
import type { ListKeywords, TextKeywords } from '../../contracts/schema/value-keywords.js';
import type { JsonSchema } from '../../model/json-schema.js';
import { fieldIn, itemIn, shapeOf } from './example-shape.js';
import { isKnownToRust } from './rust-pattern.js';

/** A value that stands for all that match it, in the integration format of Pact. */
type Matcher = Readonly<Record<string, unknown>>;

/** How a text of a format looks, where the schema has no pattern of its own that Pact knows; other formats are any text. */
const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:?\\d{2})$',
  date: '^\\d{4}-\\d{2}-\\d{2}$',
  uuid: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
  email: '^[^@\\s]+@[^@\\s]+$',
  uri: '^[a-zA-Z][a-zA-Z0-9+.-]*:',
};

/**
 * The example with a matcher in the place of each value: its type, one of a closed list, a pattern or a format. Only what the example has: fields that
 * may be absent are in the contract when the example has them. Of a union it is the first alternative that takes the example.
 *
 * Pact has no list of numbers: where only some are taken, it is the example's own. Nor has it lists whose items are of several kinds: of those it is that
 * they are lists, and that they are of objects if all the kinds are.
 * @param exact fields that must be as they are in the example
 */
export function matching(
  schema: JsonSchema,
  example: unknown,
  exact: ReadonlySet<string> = new Set(),
): unknown {
  const parts = [located(schema)];
  return isObject(example) ? fieldsMatching(parts, example, exact) : valueMatching(parts, example);
}

function valueMatching(parts: Conjunction, example: unknown): unknown {
  if (example === null) return null;
  if (Array.isArray(example)) return itemsMatching(shapeOf(parts, example)?.parts ?? [], example);
  if (isObject(example)) return fieldsMatching(parts, example, new Set());
  const shape = shapeOf(parts, example);
  const values = shape && (namedValues(parts, shape.type) ?? shape.values);
  if (typeof example === 'string') return textMatching(shape?.parts ?? [], values, example);
  // without a matcher of its own, it would be of any value inside of a list: the matcher of a list holds for all that is in it
  if (values?.length === 1 || (values && typeof example === 'number')) return matcher('equality', example);
  if (typeof example !== 'number') return matcher('type', example);
  return matcher(shape?.type === 'integer' ? 'integer' : 'number', example);
}

function fieldsMatching(parts: Conjunction, example: object, exact: ReadonlySet<string>): object {
  const own = shapeOf(parts, example)?.parts ?? [];
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => [
      name,
      exact.has(name) ? value : valueMatching(fieldIn(own, name), value),
    ]),
  );
}

function itemsMatching(parts: Conjunction, list: readonly unknown[]): unknown {
  const schemas = parts.map(({ schema }) => schema as ListKeywords);
  // a tuple is what it is at each place
  if (schemas.some(({ prefixItems }) => prefixItems !== undefined))
    return list.map((item, place) => valueMatching(itemIn(parts, place), item));
  if (list.length === 0) return matcher('type', []);
  const items = itemIn(parts, 0);
  const kinds = alternativesOf(items);
  const types = new Set(kinds.map(({ type }) => type));
  const isOneKind = types.size === 1 && (kinds.length === 1 || kinds.every(({ values }) => values));
  if (isOneKind) {
    // a reader that wants two would not take an example of one
    const min = Math.max(1, ...schemas.map(({ minItems = 1 }) => minItems));
    return matcher(
      'type',
      list.slice(0, min).map((item) => valueMatching(items, item)),
      { min },
    );
  }
  // with no rules for the items, one kind of object does not stand for the others
  return types.size === 1 && types.has('object')
    ? matcher('eachValue', list, { rules: [] })
    : matcher('type', []);
}

function textMatching(parts: Conjunction, values: readonly unknown[] | undefined, text: string): Matcher {
  if (values) return regex(`^(${values.map(escaped).join('|')})$`, text);
  const schemas = parts.map(({ schema }) => schema as TextKeywords);
  const formats = schemas.map(({ format }) => FORMATS[format ?? '']);
  const own = schemas.map(({ pattern }) => pattern).find((one) => one !== undefined && isKnownToRust(one));
  const pattern = own ?? formats.find((one) => one !== undefined);
  return pattern === undefined ? matcher('type', text) : regex(pattern, text);
}

/** The values of one type that all alternatives together name; undefined: one of them names none. */
function namedValues(parts: Conjunction, type: string): readonly unknown[] | undefined {
  const lists = alternativesOf(parts)
    .filter((one) => one.type === type)
    .map(({ values }) => values);
  if (!lists.every((one) => one !== undefined)) return undefined;
  const all = lists.flat();
  return all.filter((value, place) => all.findIndex((one) => isSameJson(one, value)) === place);
}

function matcher(type: string, value: unknown, more: object = {}): Matcher {
  return { 'pact:matcher:type': type, ...more, value };
}

function regex(pattern: string, value: string): Matcher {
  return matcher('regex', value, { regex: pattern });
}

function escaped(text: unknown): string {
  return String(text).replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
