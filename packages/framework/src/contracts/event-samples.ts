import type { Clock } from '../kernel/clock.js';
import { SkanuError } from '../kernel/errors/skanu-error.js';
import { coerced } from '../model/coercion.js';
import type { DomainEventBase, EventClass } from '../model/domain-event.js';
import { jsonSchemaOf } from '../model/json-schema.js';
import { wireName } from '../model/wire-name.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import { EventCodec } from '../runtime/event-codec.js';
import { newOrigin } from '../runtime/origin.js';
import { exampleOf } from './example.js';

/** A record of an event as it travels. */
export interface EventSample {
  readonly topic: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The text of the value, byte for byte. */
  readonly value: string;
}

/** The sample of an event in one version, or why there is none. */
export interface SampleAttempt {
  /** What it is called on the wire. */
  readonly name: string;
  readonly sample: EventSample | undefined;
  /** Why its own class does not take the example. */
  readonly refusal: SkanuError | undefined;
}

/** Examples of all that a service publishes, each written by the codec that writes the real ones. */
export function eventSamples(definition: ServiceDefinition, clock: Clock): SampleAttempt[] {
  const { name: service, topic, events } = definition;
  const codec = new EventCodec({ service, topic, events, maxRecordBytes: Infinity, clock });
  return events.flatMap((event): SampleAttempt[] => {
    try {
      return codec.encodeAll(exampleEvent(event), newOrigin()).map(({ headers, key, value, topic: to }) => ({
        name: headers['ce_type']!,
        sample: { topic: to, key, headers, value },
        refusal: undefined,
      }));
    } catch (error) {
      // a schema may ask for what no example made of it can guess
      if (!(error instanceof SkanuError)) throw error;
      const versions = [...Object.keys(event.alsoAs).map(Number), event.version];
      return versions.map((version) => ({
        name: wireName(event.eventType, version),
        sample: undefined,
        refusal: error,
      }));
    }
  });
}

function exampleEvent(event: EventClass): DomainEventBase {
  const fields = coerced(event.schema, exampleOf(jsonSchemaOf(event.schema, 'input')));
  // its constructor checks them
  return new event(fields as never);
}

/** Where a sample lies in the folder of contracts. */
export function samplePath(service: string, name: string): string {
  return `events/samples/${service}/${encodeURIComponent(name).replaceAll('*', '%2A')}.json`;
}
