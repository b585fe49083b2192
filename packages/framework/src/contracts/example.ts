import type { JsonSchema } from '../model/json-schema.js';
import { type Alternative, alternativesOf } from './schema/alternatives.js';
import { type Conjunction, type Definitions, followed, located, partOf } from './schema/located-schema.js';
import { numberExample } from './schema/number-example.js';
import { textExample } from './schema/text-example.js';
import type { ListKeywords, NumberKeywords, TextKeywords } from './schema/value-keywords.js';

/** Where there is no example: a schema that contains itself without end, or that nothing fits. */
const NONE = Symbol('none');

/**
 * A value that fits a schema, the same one each time: whole numbers count up from 1, so that each is another one and `id` is 1; texts are
 * the names of their fields, or fit their format; of values that are named it is the first, of a union the first that is not null;
 * fields that may be left out are there, and lists have an item.
 */
export function exampleOf(schema: JsonSchema, definitions?: Definitions): unknown {
  const hasId = schema.properties?.['id'] !== undefined;
  return new Examples(hasId ? 1 : 0).of([located(schema, definitions)], '', []);
}

class Examples {
  constructor(private lastCount: number) {}

  of(parts: Conjunction, name: string, above: readonly object[]): unknown {
    const schemas = parts.map(followed);
    if (schemas.some(({ schema }) => isComposite(schema) && above.includes(schema))) return NONE;
    const within = [...above, ...schemas.map(({ schema }) => schema)];
    const ways = alternativesOf(schemas);
    // what says nothing is text as well as anything else
    const isAnything = schemas.every(({ schema }) => Object.keys(schema).length === 0);
    const inOrder = isAnything
      ? ways.filter(({ type }) => type === 'string')
      : [...ways.filter(({ type }) => type !== 'null'), ...ways.filter(({ type }) => type === 'null')];
    for (const way of inOrder) {
      const example = this.#ofWay(way, name, within);
      if (example !== NONE) return example;
    }
    return NONE;
  }

  #ofWay({ type, parts, values }: Alternative, name: string, above: readonly object[]): unknown {
    if (values) return values[0];
    const schemas = parts.map(({ schema }) => schema);
    switch (type) {
      case 'string':
        return (
          textExample(schemas as readonly TextKeywords[], name || 'text', () => ++this.lastCount) ?? NONE
        );
      case 'integer':
      case 'number':
        return this.#number(schemas as readonly NumberKeywords[], type === 'integer', name, above);
      case 'array':
        return this.#list(parts, name, above);
      default:
        return this.#object(parts, above);
    }
  }

  #number(
    schemas: readonly NumberKeywords[],
    isWhole: boolean,
    name: string,
    above: readonly object[],
  ): number {
    const isItsId = name === 'id' && above.length <= 2;
    return numberExample(schemas, isWhole, isItsId ? 1 : ++this.lastCount);
  }

  #list(parts: Conjunction, name: string, above: readonly object[]): unknown {
    const keywords = parts.map(({ schema }) => schema as ListKeywords);
    const places = Math.max(0, ...keywords.map(({ prefixItems = [] }) => prefixItems.length));
    const fewest = Math.max(0, ...keywords.map(({ minItems = 0 }) => minItems));
    const most = Math.min(
      ...keywords.map(({ maxItems = Infinity, items }) => (items === false ? places : maxItems)),
    );
    const list: unknown[] = [];
    while (list.length < Math.min(most, Math.max(places, fewest, 1))) {
      const place = list.length;
      const items = parts.flatMap((part) => {
        const { prefixItems = [], items: others } = part.schema as ListKeywords;
        const item = prefixItems[place] ?? others;
        return item === undefined ? [] : [partOf(part, item)];
      });
      const example = this.of(items, name, above);
      if (example === NONE) return list.length < fewest ? NONE : list;
      list.push(example);
    }
    return list.length < fewest ? NONE : list;
  }

  #object(parts: Conjunction, above: readonly object[]): unknown {
    const required = new Set(parts.flatMap(({ schema }) => schema.required ?? []));
    const declared = parts.flatMap(({ schema }) => Object.keys(schema.properties ?? {}));
    const isRecord =
      declared.length === 0 && parts.some(({ schema }) => isSchema(schema['additionalProperties']));
    const names = new Set([
      ...declared,
      ...required,
      ...(isRecord && required.size === 0 ? [keyOf(parts)] : []),
    ]);
    const made: Record<string, unknown> = {};
    for (const name of names) {
      const example = this.of(fieldOf(parts, name), name, above);
      if (example !== NONE) made[name] = example;
      else if (required.has(name)) return NONE;
    }
    return made;
  }
}

function fieldOf(parts: Conjunction, name: string): Conjunction {
  return parts.flatMap((part) => {
    const own = part.schema.properties?.[name] ?? part.schema['additionalProperties'];
    return isSchema(own) ? [partOf(part, own)] : [];
  });
}

function keyOf(parts: Conjunction): string {
  const names = parts.flatMap(({ schema }) => (schema['propertyNames'] as JsonSchema | undefined) ?? []);
  const example = names.length === 0 ? 'key' : exampleOf({ type: 'string', allOf: names });
  return example === 'text' ? 'key' : String(example);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}

function isComposite(schema: JsonSchema): boolean {
  return ['properties', 'items', 'prefixItems', 'additionalProperties', 'anyOf', 'oneOf', 'allOf'].some(
    (keyword) => keyword in schema,
  );
}
