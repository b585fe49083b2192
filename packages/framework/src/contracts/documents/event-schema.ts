import type { JsonSchema } from '../../model/json-schema.js';
import { placedAt } from '../../model/json-schema.js';
import type { PublishedEvent } from '../service-contract.js';
import { eventUrn } from './document-names.js';
import { wireName } from '../../model/wire-name.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The JSON Schema of an event, for its readers in any language: of the whole value, as it lies on the topic. */
export function eventSchema(service: string, event: PublishedEvent): JsonSchema {
  const name = wireName(event.eventType, event.version);
  const { title, description, ...schema } = valueSchema(name, event.schema, ['eventType', 'timestamp']);
  const origin = `Published by ${service} on the topic ${event.topic}, with ${inOrderOf(event.key)} as the record's key.`;
  return {
    $schema: DIALECT,
    $id: eventUrn(service, name),
    title: name,
    description: [title, description, origin].filter((text) => text !== undefined).join('\n\n'),
    ...schema,
  };
}

/** The fields of an event together with what stands around them on the wire. @param required of what stands around */
export function valueSchema(name: string, fields: JsonSchema, required: readonly string[]): JsonSchema {
  const { properties, required: requiredFields = [], ...rest } = rootless(fields);
  return {
    ...rest,
    type: 'object',
    properties: { eventType: { const: name }, timestamp, ...properties },
    required: [...required, ...requiredFields],
  };
}

/** `orderId`, or `orderId and line`. */
export function inOrderOf(key: readonly string[]): string {
  return key.length === 0 ? 'what cannot be told' : key.join(' and ');
}

const timestamp: JsonSchema = {
  type: 'string',
  pattern: '^\\d{14}$',
  description: 'When it was published: yyyyMMddHHmmss in the local time of the publisher.',
};

/** A schema that means its fields where it refers to itself as a whole: with what stands around them it is another. */
function rootless(schema: JsonSchema): JsonSchema {
  if (!JSON.stringify(schema).includes('"$ref":"#"')) return schema;
  const fields = placedAt('#/$defs/fields', schema);
  return { ...fields, $defs: { fields } };
}
