import type { JsonSchema } from '../../model/json-schema.js';
import { declaredFields } from '../schema/declared-fields.js';
import { located } from '../schema/located-schema.js';
import { fitsTemplate } from '../path-template.js';
import { type PactFile, type PactInteraction, contentOf, fieldPaths } from '../pact-file.js';
import type { CalledOperation, ReadEvent } from '../service-contract.js';

/** The fields that a consumer reads, as `lines.*.qty`, and how that is known. */
export interface FieldsRead {
  readonly fields: readonly string[];
  readonly by: 'pact' | 'schema';
}

/** What stands around the fields of an event. */
const ENVELOPE = new Set(['eventType', 'timestamp']);

/** @param pacts between the reader and the publisher */
export function eventFieldsRead(pacts: readonly PactFile[], read: ReadEvent, published: string): FieldsRead {
  const messages = interactionsOf(pacts).filter(
    (one) =>
      one.type === 'Asynchronous/Messages' && (one.metadata?.['eventType'] ?? one.description) === published,
  );
  const { fields, by } = fieldsRead(messages, read.schema);
  return { fields: fields.filter((field) => !ENVELOPE.has(field)), by };
}

/** @param pacts between the caller and the service that it calls */
export function answerFieldsRead(pacts: readonly PactFile[], call: CalledOperation): FieldsRead {
  const answers = interactionsOf(pacts).filter(
    (one) =>
      one.type === 'Synchronous/HTTP' &&
      one.response.status < 300 &&
      one.request.method.toUpperCase() === call.method &&
      fitsTemplate(one.request.path, call.path),
  );
  return fieldsRead(answers, call.answer);
}

function fieldsRead(interactions: readonly PactInteraction[], schema: JsonSchema | undefined): FieldsRead {
  if (interactions.length === 0) return { fields: schema ? schemaFields(schema) : [], by: 'schema' };
  const paths = interactions.flatMap((one) => fieldPaths(contentOf(one)));
  return { fields: [...new Set(paths.map(dotted))], by: 'pact' };
}

/** The fields of a schema as paths, with those of each kind of value that it takes; what refers to itself is followed once. */
export function schemaFields(schema: JsonSchema): string[] {
  const paths = [...declaredFields(located(schema), 'all').fields.keys()];
  // as a JSON Pointer: what is escaped in it is part of a name
  return paths.map((path) => dotted(path).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function interactionsOf(pacts: readonly PactFile[]): PactInteraction[] {
  return pacts.flatMap(({ interactions }) => interactions);
}

/** Without the objects whose fields are there themselves. */
export function leaves(fields: readonly string[]): string[] {
  return fields.filter((field) => !fields.some((other) => other.startsWith(`${field}.`)));
}

/** A path as readers like it: `lines.*.qty`. */
export function dotted(path: string): string {
  return path.slice(1).replaceAll('/', '.');
}
