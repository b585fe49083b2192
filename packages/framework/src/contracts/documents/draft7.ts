import type { JsonSchema } from '../../model/json-schema.js';

/**
 * A schema as AsyncAPI reads it, whose schemas are a superset of JSON Schema draft 7: there the places of a tuple are `items`, and
 * `items` beside `prefixItems` would be about all of them.
 */
export function draft7(schema: JsonSchema): JsonSchema {
  // plain data, made of JSON just now
  return JSON.parse(JSON.stringify(schema), (_keyword, value: unknown) =>
    isTuple(value) ? tuple(value) : value,
  ) as JsonSchema;
}

function isTuple(value: unknown): value is { prefixItems: unknown[]; items?: unknown } {
  return (
    typeof value === 'object' && value !== null && 'prefixItems' in value && Array.isArray(value.prefixItems)
  );
}

function tuple({ prefixItems, items, ...rest }: { prefixItems: unknown[]; items?: unknown }): object {
  return { ...rest, items: prefixItems, ...(items !== undefined && { additionalItems: items }) };
}
