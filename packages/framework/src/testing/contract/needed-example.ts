import { exampleOf } from '../../contracts/example.js';
import { type Conjunction, located } from '../../contracts/schema/located-schema.js';
import type { JsonSchema } from '../../model/json-schema.js';
import { fieldIn, itemIn, shapeOf } from './example-shape.js';

/** An example of what somebody needs: what may be absent is left out, because nobody may rely on it. */
export function neededExample(schema: JsonSchema): unknown {
  return needed([located(schema)], exampleOf(schema));
}

function needed(whole: Conjunction, example: unknown): unknown {
  if (typeof example !== 'object' || example === null) return example;
  const parts = shapeOf(whole, example)?.parts ?? [];
  if (Array.isArray(example)) return example.map((one, place) => needed(itemIn(parts, place), one));
  const isRequired = (name: string) => parts.some(({ schema }) => schema.required?.includes(name));
  const isDeclared = (name: string) =>
    parts.some(({ schema: { properties = {} } }) => Object.hasOwn(properties, name));
  return Object.fromEntries(
    Object.entries(example)
      .filter(([name]) => isRequired(name) || !isDeclared(name))
      .map(([name, value]) => [name, needed(fieldIn(parts, name), value)]),
  );
}
