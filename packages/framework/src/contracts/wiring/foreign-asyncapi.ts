import type { JsonSchema } from '../../model/json-schema.js';
import { fromWireName } from '../../model/wire-name.js';
import type { PublishedEvent } from '../service-contract.js';
import { ForeignDocument, type Plain, isPlain } from './foreign-document.js';

/**
 * The events that a service publishes which is not among the modules, by its AsyncAPI 3 document: written by this framework or by anybody else. What their
 * keys are made of no such document says.
 * @param file for whoever has to mend it @throws ConfigurationError when it is none
 */
export function foreignEvents(content: unknown, file: string): PublishedEvent[] {
  const document = new ForeignDocument(content, 'AsyncAPI 3', file);
  const { asyncapi, operations } = document.root;
  if (!String(asyncapi).startsWith('3.')) throw document.fault(`it is of version ${String(asyncapi)}`);
  const sent = Object.entries(document.object(operations, 'operations')).flatMap(([name, one]) => {
    const operation = document.object(one, name);
    return operation['action'] === 'send' ? eventsOf(document, operation, name) : [];
  });
  return [...new Map(sent.map((one) => [`${one.topic} ${one.eventType} ${one.version}`, one])).values()];
}

/** The messages that an operation names, or all of its channel. */
function eventsOf(document: ForeignDocument, operation: Plain, place: string): PublishedEvent[] {
  const channel = document.object(operation['channel'], `channel of ${place}`);
  const topic = channel['address'] ?? lastStep(operation['channel']);
  if (typeof topic !== 'string') throw document.fault(`the channel of ${place} has no address`);
  const messages =
    operation['messages'] === undefined
      ? Object.entries(document.object(channel['messages'], `messages of ${place}`))
      : document
          .list(operation['messages'], `messages of ${place}`)
          .map((one) => [lastStep(one), one] as const);
  return messages.map(([id, one]) => {
    const message = document.object(one, `a message of ${place}`);
    const name = message['name'] ?? id;
    if (typeof name !== 'string') throw document.fault(`a message of ${place} has no name`);
    return { ...fromWireName(name), topic, key: [], schema: payloadOf(document, message, name) };
  });
}

/** With the document's parts, that what it refers to is found there. Empty: it is not described as JSON Schema. */
function payloadOf(document: ForeignDocument, message: Plain, name: string): JsonSchema {
  const payload = document.object(message['payload'], `payload of ${name}`);
  const isNamed = typeof payload['schemaFormat'] === 'string';
  if (isNamed && !/json|asyncapi/.test(String(payload['schemaFormat']))) return {};
  const schema = isNamed ? document.object(payload['schema'], `payload of ${name}`) : payload;
  if (Object.keys(schema).length === 0) return {};
  const { components, channels } = document.root;
  // what refers to its own place in the document finds it there, and what is a tuple of draft 7 there, is one of today here
  return today({ ...schema, components, channels }) as JsonSchema;
}

function today(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(today);
  if (!isPlain(value)) return value;
  const parts = Object.fromEntries(Object.entries(value).map(([keyword, one]) => [keyword, today(one)]));
  const { items, additionalItems, ...rest } = parts as Plain;
  if (!Array.isArray(items)) return parts;
  return { ...rest, prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) };
}

/** The name of what is referred to. */
function lastStep(value: unknown): string | undefined {
  const ref = isPlain(value) ? value['$ref'] : undefined;
  return typeof ref === 'string'
    ? ref.split('/').at(-1)!.replaceAll('~1', '/').replaceAll('~0', '~')
    : undefined;
}
