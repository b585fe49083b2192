import { z } from 'zod';
import { toJson } from '../kernel/exact-json.js';

/** A JSON Schema, as it is put into documents. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/**
 * A zod schema as JSON Schema (draft 2020-12) of what goes in or comes out on the wire: instants are text, and so are bigints.
 * Objects stay open, because unknown fields are ignored on the way in, and clients should do the same.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    metadata: withoutIds,
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodDate) Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (zodSchema instanceof z.ZodBigInt)
        Object.assign(jsonSchema, { type: 'string', pattern: '^-?\\d+$' });
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (zodSchema instanceof z.ZodDefault && isMadeAnew(zodSchema)) delete jsonSchema.default;
    },
  });
  // of an object schema zod never makes `true` or `false` for a field
  return json as JsonSchema;
}

/**
 * A schema for a place inside of a document: what refers to the schema itself (`#/$defs/…`) refers to that place.
 * @param place as a reference: `#/components/schemas/Order`
 */
export function placedAt(place: string, schema: JsonSchema): JsonSchema {
  // plain data, made of JSON just now
  return JSON.parse(JSON.stringify(schema), (keyword, value: unknown) =>
    keyword === '$ref' && typeof value === 'string' && value.startsWith('#')
      ? `${place}${value.slice(1)}`
      : value,
  ) as JsonSchema;
}

/** The metadata of schemas without their ids: a schema with an id would be put elsewhere and be referred to. */
class NoIds extends z.core.$ZodRegistry<z.core.GlobalMeta> {
  override get(schema: z.core.$ZodType) {
    const { id: _, ...meta } = z.globalRegistry.get(schema) ?? {};
    return meta;
  }
}
const withoutIds = new NoIds();

/** Whether a default is another one each time, such as an id or the time: then it says nothing, and documents would never be the same. */
function isMadeAnew({ def }: z.ZodDefault): boolean {
  const [one, other] = [def.defaultValue, def.defaultValue];
  // two instants may well be the same
  return one instanceof Date || toJson(one) !== toJson(other);
}
