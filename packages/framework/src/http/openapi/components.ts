import type { CommandNote } from '../../model/command.js';
import { commandInput } from './command-names.js';
import type { DeclaredResource } from '../resource/resource.js';
import { type JsonSchema, jsonSchemaOf, placedAt } from '../../model/json-schema.js';

/** Refers to a schema of the document. */
export function schemaRef(name: string): JsonSchema {
  return { $ref: ref(name) };
}

const ref = (name: string) => `#/components/schemas/${name}`;

/** The schemas that operations refer to: for each collection what goes in, what comes out, and a page of it. */
export function apiComponents(resources: readonly DeclaredResource[]): object {
  const schemas = resources.flatMap((resource) => Object.entries(schemasOf(resource)));
  return { schemas: { ...Object.fromEntries(schemas), Links: links, Problem: problem } };
}

function schemasOf(resource: DeclaredResource): Record<string, JsonSchema> {
  const { collection, itemName } = resource;
  const { schema } = collection.entityClass;
  const out = placedAt(ref(itemName), jsonSchemaOf(schema, 'output'));
  const item = {
    ...out,
    properties: {
      id: { type: 'integer', readOnly: true },
      ...out.properties,
      _links: schemaRef('Links'),
    },
    required: ['id', ...(out.required ?? []), '_links'],
  };
  return {
    ...(collection.kind === 'aggregate' && inputsOf(itemName, jsonSchemaOf(schema, 'input'))),
    ...Object.fromEntries(collection.commands.flatMap((command) => inputOf(resource, command))),
    [itemName]: item,
    [`${itemName}Page`]: pageOf(collection.name, itemName),
  };
}

function inputsOf(itemName: string, schema: JsonSchema): Record<string, JsonSchema> {
  const { properties = {} } = schema;
  const required = (schema.required ?? []).filter((name) => !properties[name]!['readOnly']);
  const { required: _, ...open } = schema;
  return {
    [`${itemName}Input`]: placedAt(ref(`${itemName}Input`), {
      ...open,
      ...(required.length > 0 && { required }),
    }),
    // every field may be left out of a patch
    [`${itemName}Patch`]: placedAt(ref(`${itemName}Patch`), open),
  };
}

function inputOf(resource: DeclaredResource, command: CommandNote): [string, JsonSchema][] {
  if (!command.body) return [];
  const name = commandInput(resource, command);
  return [[name, placedAt(ref(name), jsonSchemaOf(command.body, 'input'))]];
}

function pageOf(collection: string, itemName: string): JsonSchema {
  const embedded = { type: 'array', items: schemaRef(itemName) };
  const count = { type: 'integer', minimum: 0 };
  return {
    type: 'object',
    required: ['_embedded', '_links', 'page'],
    properties: {
      _embedded: { type: 'object', required: [collection], properties: { [collection]: embedded } },
      _links: schemaRef('Links'),
      page: {
        type: 'object',
        required: ['size', 'totalElements', 'totalPages', 'number'],
        properties: { size: count, totalElements: count, totalPages: count, number: count },
      },
    },
  };
}

const links: JsonSchema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['href'],
    properties: { href: { type: 'string' }, templated: { type: 'boolean' } },
  },
};

const text = { type: 'string' };
const problem: JsonSchema = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'code', 'help'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    code: text,
    help: text,
    errors: {
      type: 'array',
      items: { type: 'object', required: ['pointer', 'detail'], properties: { pointer: text, detail: text } },
    },
    remote: { type: 'object', description: 'what the other service said' },
    traceId: text,
  },
};
