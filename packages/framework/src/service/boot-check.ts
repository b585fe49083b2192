import { BootCheckError, type BootFault } from '../kernel/errors/start-errors.js';
import { AggregateBase } from '../model/aggregate-root.js';
import { collectionNote } from '../model/aggregate.js';
import type { EventClass } from '../model/domain-event.js';
import type { AnyEntityClass } from '../model/entity.js';
import { handlerNote, reactionNote } from '../model/handler-note.js';
import type { GatewayDefinition } from '../model/gateway-definition.js';
import { type ServiceDefinition, modelsOf } from '../model/service-definition.js';
import { ReadModelBase } from '../model/view-handler.js';
import { clientFaults, operationNameFaults } from './faults/client-faults.js';
import { collectionFaults } from './faults/collection-faults.js';
import { duplicates } from './faults/duplicates.js';
import { eventFaults, isEventClass } from './faults/event-faults.js';
import { gatewayFaults } from './faults/gateway-faults.js';
import { handlerFaults, viewRowFaults } from './faults/handler-faults.js';
import type { Environment } from './settings.js';

/**
 * Looks for everything in a definition that does not fit together, without opening anything. Call it in a test of each
 * service: what it finds would stop the start.
 * @param environment settings such as `PAYMENT_URL`
 */
export function bootFaults(
  definition: ServiceDefinition | GatewayDefinition,
  environment: Environment = {},
): BootFault[] {
  if (definition.kind === 'gateway')
    return [...nameFaults(definition.name), ...gatewayFaults(definition, environment)];
  const aggregates: readonly AnyEntityClass[] = definition.aggregates;
  const models = modelsOf(definition);
  const handlers = [...definition.policies, ...definition.views];
  const read = handlers.flatMap((handler) =>
    (reactionNote.of(handler.prototype as object) ?? []).map(({ event }) => event),
  );
  const events = new Set<EventClass>([...definition.events, ...read].filter(isEventClass));
  return [
    ...nameFaults(definition.name),
    ...aggregates.flatMap((aggregate) =>
      collectionFaults(aggregate, AggregateBase, '@Aggregate({ collection })', 'AggregateRoot(schema)'),
    ),
    ...models.flatMap((model) =>
      collectionFaults(model, ReadModelBase, '@View({ collection })', 'ReadModel(schema)'),
    ),
    ...duplicates(
      [...aggregates, ...models].filter((one) => collectionNote.of(one)),
      (one) => collectionNote.of(one)!.collection.toLowerCase(),
      (one) => one.name,
      (collection, names) => ({
        what: `the collection ${collection} is claimed by ${names}`,
        fix: 'give each a collection of its own',
      }),
    ),
    ...handlers.flatMap((handler) =>
      handlerFaults(handler, definition.policies.includes(handler) ? 'policy' : 'view'),
    ),
    ...models.flatMap((model) => viewRowFaults(model, definition.views)),
    ...duplicates(
      handlers.filter((handler) => handlerNote.of(handler)),
      (handler) => handlerNote.of(handler)!.id,
      (handler) => handler.name,
      (id, names) => ({
        what: `the handler id ${id} is used by ${names}`,
        fix: 'set another id in the decorator of one of them',
      }),
    ),
    ...[...events].flatMap((event) => eventFaults(event, read.includes(event))),
    ...definition.events.filter((event) => !isEventClass(event)).map(notAnEvent),
    ...duplicates(
      [...events],
      (event) => event.eventType,
      (event) => event.name,
      (type, names) => ({
        what: `the event ${type} is declared by ${names}`,
        fix: 'declare it once and use that class everywhere in the service',
      }),
    ),
    ...definition.clients.flatMap((client) => clientFaults(client, environment)),
    ...operationNameFaults(definition.clients),
  ];
}

/** Throws what {@link bootFaults} finds, all at once. @throws BootCheckError */
export function checkService(
  definition: ServiceDefinition | GatewayDefinition,
  environment: Environment = {},
): void {
  const faults = bootFaults(definition, environment);
  if (faults.length > 0) throw new BootCheckError(definition.name, faults);
}

function notAnEvent(thing: { readonly name: string }): BootFault {
  return {
    what: `${thing.name} is listed as an event but is none`,
    fix: "extend DomainEvent('Name', schema, { key })",
  };
}

function nameFaults(name: string): BootFault[] {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(name)) return [];
  const what = `the service is called ${JSON.stringify(name)}, which is to name files, a consumer group and the source of events`;
  return [{ what, fix: 'use small letters, digits and hyphens, beginning with a letter' }];
}
