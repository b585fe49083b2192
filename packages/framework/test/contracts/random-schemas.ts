import type { JsonSchema } from '../../src/model/json-schema.js';

const TOP = 3;

/** Small schemas and values, of a source of random numbers. They are of few fields, values and sizes, so that two of them often meet. */
export class RandomSchemas {
  constructor(private readonly random: () => number) {}

  schema(depth = TOP): JsonSchema {
    const simple = [
      () => this.number(),
      () => this.text(),
      () => ({ type: 'boolean' }),
      () => ({ enum: this.some(['a', 'b', 1, 2, null, true]) }),
      () => ({ const: this.one(['a', 'b', 1, null]) }),
      () => ({ type: this.some(['string', 'null', 'integer', 'number', 'boolean']) }),
      () => ({}),
    ];
    const nested = [
      () => this.object(depth),
      () => this.object(depth),
      () => this.list(depth),
      () => this.record(depth),
      () => ({ [this.one(['anyOf', 'oneOf'])]: [this.schema(depth - 1), this.schema(depth - 1)] }),
      () => ({ allOf: [this.object(depth - 1), this.object(depth - 1)] }),
    ];
    if (depth === TOP && this.chance(0.1)) return this.tree(depth);
    return this.one(depth > 0 && this.chance(0.6) ? nested : simple)();
  }

  /** The schema with some change in it. */
  changed(schema: JsonSchema): JsonSchema {
    const keywords = Object.keys(schema);
    if (this.chance(0.2) || keywords.length === 0) return this.schema(1);
    const keyword = this.one(keywords);
    const value = schema[keyword];
    if (keyword === 'properties') {
      const fields = Object.entries(value as Record<string, JsonSchema>);
      if (fields.length === 0) return { ...schema, properties: { a: this.schema(1) } };
      const [name, field] = this.one(fields);
      return { ...schema, properties: Object.fromEntries([...fields, [name, this.changed(field)]]) };
    }
    if (keyword === 'required')
      return { ...schema, required: (value as string[]).filter(() => this.chance(0.5)) };
    if (keyword === 'items' || keyword === 'additionalProperties')
      return { ...schema, [keyword]: this.changed(value as JsonSchema) };
    if (typeof value === 'number' && keyword !== 'multipleOf')
      return { ...schema, [keyword]: Math.max(0, value + this.whole(3) - 1) };
    if (Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null)
      return { ...schema, [keyword]: [this.changed(value[0] as JsonSchema), ...value.slice(1)] };
    if (schema['$ref'] === '#/$defs/node' && schema['$defs'])
      return { ...schema, $defs: { node: this.changed(this.tops(schema)) } };
    if (keyword === 'type' || keyword === '$ref') return schema;
    const { [keyword]: _, ...rest } = schema;
    return rest;
  }

  /** A value that may fit: as the schema says, most of the time. */
  value(schema: JsonSchema, root = schema, depth = 0): unknown {
    if (typeof schema !== 'object') return 'anything';
    const { $ref, allOf, anyOf, oneOf } = schema;
    if (typeof $ref === 'string')
      return depth > 6 ? undefined : this.value(root['$defs'] ? this.tops(root) : root, root, depth + 1);
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return this.one(schema['enum'] as unknown[]);
    const union = (anyOf ?? oneOf) as JsonSchema[] | undefined;
    if (union) return this.value(this.one(union), root, depth + 1);
    if (Array.isArray(allOf)) {
      const parts = (allOf as JsonSchema[]).map((one) => this.value(one, root, depth + 1) as object);
      return Object.assign({}, ...parts);
    }
    const type = this.one([schema['type'] ?? ['string', 'integer', 'null', 'object', 'array']].flat());
    return this.#ofType(String(type), schema, root, depth);
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.whole(choices.length)]!;
  }

  private tops(root: JsonSchema): JsonSchema {
    return (root['$defs'] as Record<string, JsonSchema>)['node']!;
  }

  #ofType(type: string, schema: JsonSchema, root: JsonSchema, depth: number): unknown {
    switch (type) {
      case 'integer':
        return this.whole(9) - 2;
      case 'number':
        return (this.whole(18) - 4) / 2;
      case 'string':
        return this.one(['', 'a', 'b', 'ab', 'abc', '2020-01-01', '1', '12']);
      case 'boolean':
        return this.chance(0.5);
      case 'array': {
        const { prefixItems = [], items } = schema as { prefixItems?: JsonSchema[]; items?: JsonSchema };
        const length = depth > 4 ? 0 : this.whole(4);
        const list = Array.from({ length }, (_, place) =>
          this.value(prefixItems[place] ?? items ?? {}, root, depth + 1),
        );
        return list.filter((one) => one !== undefined);
      }
      case 'object':
        return this.#objectValue(schema, root, depth);
      default:
        return null;
    }
  }

  #objectValue(schema: JsonSchema, root: JsonSchema, depth: number): unknown {
    const { properties = {}, required = [], additionalProperties: others } = schema;
    const made: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(properties)) {
      if (!required.includes(name) && this.chance(0.4)) continue;
      const value = this.value(field, root, depth + 1);
      if (value !== undefined) made[name] = value;
    }
    if (typeof others === 'object' && others !== null)
      for (const name of ['a', 'b', 'c'])
        if (!(name in made) && this.chance(0.5)) {
          const value = this.value(others as JsonSchema, root, depth + 1);
          if (value !== undefined) made[name] = value;
        }
    return made;
  }

  private object(depth: number): JsonSchema {
    const names = ['a', 'b', 'c'].filter(() => this.chance(0.6));
    return {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, this.schema(depth - 1)])),
      required: names.filter(() => this.chance(0.6)),
      ...(this.chance(0.15) && { additionalProperties: this.schema(depth - 1) }),
    };
  }

  private record(depth: number): JsonSchema {
    return {
      type: 'object',
      propertyNames: this.one([{ type: 'string' }, { type: 'string', enum: ['a', 'b'] }]),
      additionalProperties: this.schema(depth - 1),
    };
  }

  private list(depth: number): JsonSchema {
    return {
      type: 'array',
      ...(this.chance(0.3) && { prefixItems: [this.schema(depth - 1)] }),
      ...(this.chance(0.8) && { items: this.chance(0.1) ? false : this.schema(depth - 1) }),
      ...(this.chance(0.3) && { minItems: this.whole(2) }),
      ...(this.chance(0.3) && { maxItems: 1 + this.whole(3) }),
    };
  }

  private tree(depth: number): JsonSchema {
    const again = { $ref: '#/$defs/node' };
    const node = {
      type: 'object',
      properties: { a: this.schema(depth - 2), b: { type: 'array', items: again }, c: again },
      required: this.some(['a', 'b']),
    };
    return { $ref: '#/$defs/node', $defs: { node } };
  }

  private number(): JsonSchema {
    return {
      type: this.one(['integer', 'number']),
      ...(this.chance(0.3) && { [this.one(['minimum', 'exclusiveMinimum'])]: this.whole(4) - 1 }),
      ...(this.chance(0.3) && { [this.one(['maximum', 'exclusiveMaximum'])]: 3 + this.whole(3) }),
      ...(this.chance(0.2) && { multipleOf: this.one([0.5, 1, 2]) }),
    };
  }

  private text(): JsonSchema {
    if (this.chance(0.1)) return { type: 'string', format: 'date' };
    return {
      type: 'string',
      ...(this.chance(0.3) && { minLength: this.whole(3) }),
      ...(this.chance(0.3) && { maxLength: 1 + this.whole(3) }),
      ...(this.chance(0.2) && { pattern: this.one(['^a', '^[ab]*$', '^\\d+$']) }),
    };
  }

  private some<T>(choices: readonly T[]): T[] {
    const chosen = choices.filter(() => this.chance(0.5));
    return chosen.length > 0 ? chosen : [choices[0]!];
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }

  private whole(below: number): number {
    return Math.floor(this.random() * below);
  }
}
