import type { AggregateClass } from './aggregate-root.js';
import type { EventClass } from './domain-event.js';
import type { AnyEntityClass } from './entity.js';
import type { FeignClientClass } from './feign-client.js';
import { type HandlerClass, handlerNote } from './handler-note.js';
import type { Token } from './token.js';

/** Something of a team's own in the container. */
export interface Provider<T = unknown> {
  readonly provide: Token<T>;
  /** Makes it, once for each service that starts; may use `inject`. */
  readonly useFactory: () => T;
}

export interface ServiceOptions {
  /** Names the service in URLs, logs, metrics and as consumer group. */
  readonly name: string;
  /** Where it listens unless `PORT` says otherwise. */
  readonly port: number;
  /** The topic that it publishes to and reads, unless `TOPIC` says otherwise. Default: `events`. */
  readonly topic?: string;
  /** Shown by its OpenAPI document and `/actuator/info`. Default: `0.0.0`. */
  readonly version?: string;
  readonly aggregates?: readonly AggregateClass[];
  /** The events that it publishes. */
  readonly events?: readonly EventClass[];
  readonly policies?: readonly HandlerClass[];
  /** Its view handlers; their read models come with them. */
  readonly views?: readonly HandlerClass[];
  readonly clients?: readonly FeignClientClass[];
  readonly providers?: readonly Provider[];
}

/** All that belongs to a service, and nothing that belongs to where it runs. */
export interface ServiceDefinition extends Required<ServiceOptions> {
  readonly kind: 'service';
}

/** Lists what belongs to a service. Nothing is found by magic; `start` checks that it fits together. */
export function defineService(options: ServiceOptions): ServiceDefinition {
  return {
    kind: 'service',
    aggregates: [],
    events: [],
    policies: [],
    views: [],
    clients: [],
    providers: [],
    topic: 'events',
    version: '0.0.0',
    ...options,
  };
}

/** The read models of a service: those that its view handlers write. */
export function modelsOf({ views }: ServiceDefinition): AnyEntityClass[] {
  const models = views.map((view) => handlerNote.of(view)?.model);
  return [...new Set(models.filter((model) => model !== undefined))];
}
