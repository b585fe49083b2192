import type { JsonSchema } from '../../model/json-schema.js';

/** What says something about a schema, and nothing about what fits it. */
const WORDS = new Set([
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  '$id',
  '$schema',
  '$defs',
]);

/** Whether everything fits a schema. */
export function isAnything(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => WORDS.has(keyword));
}
