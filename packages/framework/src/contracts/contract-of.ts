import { openApiOf } from '../http/openapi/openapi-document.js';
import { Resource } from '../http/resource/resource.js';
import type { EventClass } from '../model/domain-event.js';
import { feignClientNote, operationsOf } from '../model/feign-client.js';
import { GATEWAY_TIMEOUT_MS, type GatewayDefinition } from '../model/gateway-definition.js';
import { DEFAULT_ATTEMPTS, type HandlerClass, handlerNote, reactionNote } from '../model/handler-note.js';
import { jsonSchemaOf } from '../model/json-schema.js';
import { type ServiceDefinition, modelsOf } from '../model/service-definition.js';
import { CollectionDeclaration } from '../runtime/collection-declaration.js';
import { operationSettings } from '../runtime/remote/operation-settings.js';
import { keyFields } from './key-fields.js';
import type {
  CalledOperation,
  Contract,
  EventReader,
  GatewayContract,
  OpenApiDocument,
  PublishedEvent,
  ReadEvent,
  ServiceContract,
} from './service-contract.js';

/** The contract of a service or gateway, from its declarations; nothing is opened. It must have no boot faults. */
export function contractOf(definition: ServiceDefinition | GatewayDefinition): Contract {
  return definition.kind === 'service' ? serviceContract(definition) : gatewayContract(definition);
}

export function serviceContract(definition: ServiceDefinition): ServiceContract {
  return {
    kind: 'service',
    service: definition.name,
    version: definition.version,
    publishes: definition.events.flatMap((event) => published(event, definition.topic)),
    reads: readEvents(definition),
    calls: definition.clients.flatMap(calledOperations),
    openApi: openApi(definition),
  };
}

export function gatewayContract({ name, routes, timeoutMs }: GatewayDefinition): GatewayContract {
  return {
    kind: 'gateway',
    service: name,
    routes: routes.map(({ path, service }) => ({ path, service })),
    timeoutMs: timeoutMs ?? GATEWAY_TIMEOUT_MS,
  };
}

/** One entry for each version, from the oldest. */
function published(event: EventClass, topic: string): PublishedEvent[] {
  const { eventType, alsoAs } = event;
  // all records of an event have the key that its newest version says
  const shared = { eventType, topic, key: keyFields(event) };
  const older = Object.entries(alsoAs).map(([version, { schema }]) => [Number(version), schema] as const);
  return [...older, [event.version, event.schema] as const].map(([version, schema]) => ({
    ...shared,
    version,
    schema: jsonSchemaOf(schema, 'output'),
  }));
}

function readEvents(definition: ServiceDefinition): ReadEvent[] {
  const read = new Map<string, { readonly event: EventClass; readonly readers: EventReader[] }>();
  for (const handlerClass of [...definition.policies, ...definition.views]) {
    for (const { event, method } of reactionNote.of(handlerClass.prototype as object) ?? []) {
      const known = read.get(event.eventType) ?? { event, readers: [] };
      known.readers.push(readerOf(handlerClass, method));
      read.set(event.eventType, known);
    }
  }
  return [...read.values()].map(({ event, readers }) => ({
    eventType: event.eventType,
    version: event.version,
    upcasts: Object.keys(event.upcasters).map(Number),
    topic: definition.topic,
    key: keyFields(event),
    schema: jsonSchemaOf(event.schema, 'input'),
    readers,
  }));
}

function readerOf(handlerClass: HandlerClass, method: string): EventReader {
  // a service without boot faults has a note on each
  const { id, kind, attempts = DEFAULT_ATTEMPTS } = handlerNote.of(handlerClass)!;
  return { handler: id, kind, method: `${handlerClass.name}.${method}`, attempts };
}

function calledOperations(client: ServiceDefinition['clients'][number]): CalledOperation[] {
  const note = feignClientNote.of(client)!;
  return [...operationsOf(new client())].map(([operation, one]) => {
    const { timeoutMs, retry } = operationSettings(note, one);
    return {
      client: client.name,
      operation,
      service: note.name,
      method: one.method,
      path: one.path,
      query: one.query && jsonSchemaOf(one.query, 'output'),
      body: one.body && jsonSchemaOf(one.body, 'output'),
      bodyKind: one.bodyKind,
      answer: one.returns && jsonSchemaOf(one.returns, 'input'),
      undoPath: one.undoPath,
      timeoutMs,
      attempts: retry.attempts,
    };
  });
}

function openApi(definition: ServiceDefinition): OpenApiDocument {
  const declarations = [
    ...definition.aggregates.map((one) => new CollectionDeclaration('aggregate', one)),
    ...modelsOf(definition).map((one) => new CollectionDeclaration('view', one)),
  ];
  const info = { title: definition.name, version: definition.version };
  // it is made by the framework, in the shape that its words have
  return openApiOf(
    declarations.map((one) => new Resource(one)),
    info,
  ) as OpenApiDocument;
}
