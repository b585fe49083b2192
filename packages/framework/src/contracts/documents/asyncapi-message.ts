import { type JsonSchema, placedAt } from '../../model/json-schema.js';
import type { PublishedEvent, ReadEvent, ServiceContract } from '../service-contract.js';
import { draft7 } from './draft7.js';
import { inOrderOf, valueSchema } from './event-schema.js';
import { wireName } from '../../model/wire-name.js';

/** A message of an AsyncAPI document. */
export interface Message {
  /** Among the messages of the document. */
  readonly id: string;
  readonly topic: string;
  readonly content: object;
}

/** An event as its publisher sends it. */
export function sentMessage(contract: ServiceContract, event: PublishedEvent): Message {
  const { eventType, version, topic, key, schema } = event;
  const name = wireName(eventType, version);
  const versions = contract.publishes
    .filter((one) => one.eventType === eventType)
    .map((one) => one.version)
    .toSorted((one, other) => one - other);
  const value = valueSchema(name, schema, ['eventType', 'timestamp']);
  return message(idOf(name), {
    name,
    topic,
    key,
    value,
    headers: sentHeaders(contract.service, event, versions),
  });
}

/** Of the fields of an older version, a reader says nothing before it has brought them to its own. */
const ANY_FIELDS: JsonSchema = { type: 'object' };

/**
 * An event as a reader takes it, in its own version or in one that it upcasts: with what it reads of it, and no header that it could
 * not do without.
 */
export function readMessage(event: ReadEvent, version: number, sent: ReadonlySet<string>): Message {
  const { eventType, topic, key } = event;
  const name = wireName(eventType, version);
  const value = valueSchema(name, version === event.version ? event.schema : ANY_FIELDS, ['eventType']);
  // whoever reads its own event may read less of it than it sends
  const id = sent.has(idOf(name)) ? `${idOf(name)}.read` : idOf(name);
  return message(id, {
    name,
    topic,
    key,
    value,
    headers: { type: 'object', properties: commonHeaders(name) },
  });
}

interface Parts {
  readonly name: string;
  readonly topic: string;
  readonly key: readonly string[];
  readonly value: JsonSchema;
  readonly headers: JsonSchema;
}

function message(id: string, { name, topic, key, value, headers }: Parts): Message {
  const keyText = { type: 'string', description: `${inOrderOf(key)}, as text` };
  const content = {
    name,
    title: name,
    contentType: 'application/json',
    correlationId: { $ref: '#/components/correlationIds/correlation' },
    headers,
    payload: placedAt(`#/components/messages/${id}/payload`, draft7(value)),
    bindings: { kafka: { key: keyText, bindingVersion: '0.5.0' } },
  };
  return { id, topic, content };
}

/** An event may be called anything, a part of the document may not. */
function idOf(name: string): string {
  return encodeURIComponent(name).replaceAll(/[^\w.-]/g, '_');
}

function commonHeaders(name: string): Readonly<Record<string, JsonSchema>> {
  return {
    ce_specversion: { const: '1.0' },
    ce_id: { type: 'string', minLength: 1 },
    ce_source: { type: 'string', minLength: 1 },
    ce_type: { const: name },
    ce_time: { type: 'string', format: 'date-time' },
    'content-type': { const: 'application/json' },
    traceparent: { type: 'string', pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
    ce_correlationid: { type: 'string', minLength: 1 },
    ce_causationid: { type: 'string', minLength: 1, description: 'The event that caused it.' },
  };
}

function sentHeaders(
  service: string,
  { eventType, version }: PublishedEvent,
  versions: readonly number[],
): JsonSchema {
  const properties = {
    ...commonHeaders(wireName(eventType, version)),
    ce_id: { type: 'string', format: 'uuid' },
    ce_source: { const: `/${service}` },
  };
  if (versions.length < 2) return { type: 'object', properties, required: requiredOf(properties) };
  const description = 'The versions in which the same event is published, each in a record of its own.';
  const twins = {
    ...properties,
    ce_versions: { const: versions.join(','), description },
    ...(version < versions.at(-1)! && { ce_twinof: twinOf }),
  };
  return { type: 'object', properties: twins, required: requiredOf(twins) };
}

const twinOf: JsonSchema = {
  type: 'string',
  format: 'uuid',
  description: 'The ce_id of the newest version: the same event has that id in all of them.',
};

/** What was set going by a request has no cause among the events. */
function requiredOf(headers: object): string[] {
  return Object.keys(headers).filter((name) => name !== 'ce_causationid');
}
