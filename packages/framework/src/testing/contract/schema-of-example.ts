import type { JsonSchema } from '../../model/json-schema.js';

/** What an example alone says of its kind: the types of its values, and that all of its fields are there. */
export function schemaOfExample(example: unknown): JsonSchema {
  if (example === null) return { type: 'null' };
  if (Array.isArray(example)) return { type: 'array', items: itemsOf(example) };
  if (typeof example === 'object') {
    const fields = Object.entries(example).map(([name, value]) => [name, schemaOfExample(value)] as const);
    return {
      type: 'object',
      properties: Object.fromEntries(fields),
      required: fields.map(([name]) => name),
    };
  }
  // a price of 9000 may be one of 9000.5 tomorrow, but whoever writes 9000 reads whole numbers
  if (typeof example === 'number') return { type: Number.isInteger(example) ? 'integer' : 'number' };
  return { type: typeof example };
}

/** Of a list whose items are of several kinds, the example says nothing of the next one. */
function itemsOf(list: readonly unknown[]): JsonSchema {
  const kinds = new Map(list.map((item) => [JSON.stringify(schemaOfExample(item)), schemaOfExample(item)]));
  return kinds.size === 1 ? [...kinds.values()][0]! : {};
}
