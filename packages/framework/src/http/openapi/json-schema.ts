import { z } from 'zod';

/** A JSON Schema, as it is put into documents. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/**
 * A zod schema as JSON Schema (draft 2020-12) of what goes in or comes out over HTTP: instants are text, and so are bigints.
 * Objects stay open, because unknown fields are ignored on the way in, and clients should do the same.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodDate) Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (zodSchema instanceof z.ZodBigInt)
        Object.assign(jsonSchema, { type: 'string', pattern: '^-?\\d+$' });
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  // of an object schema zod never makes `true` or `false` for a field
  return json as JsonSchema;
}
