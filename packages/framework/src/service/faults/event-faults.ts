import type { BootFault } from '../../kernel/errors/start-errors.js';
import { DomainEventBase, type EventClass } from '../../model/domain-event.js';
import { MAX_EVENT_VERSION, fromWireName, wireName } from '../../model/wire-name.js';
import { strictObjects } from './strict-objects.js';

/** What the envelope on the wire needs for itself. */
const RESERVED = ['eventType', 'timestamp', 'identity', 'publishAfterCommit'];

export function isEventClass(thing: unknown): thing is EventClass {
  return typeof thing === 'function' && thing.prototype instanceof DomainEventBase;
}

/** What is wrong with one event class. @param isRead whether a handler of the service reacts to it */
export function eventFaults(event: EventClass, isRead: boolean): BootFault[] {
  return [
    ...nameFaults(event),
    ...fieldFaults(event),
    ...versionFaults(event, isRead),
    ...(isRead ? strictFaults(event) : []),
  ];
}

function nameFaults({ eventType }: EventClass): BootFault[] {
  // `.v1` and the like are a part of the name: only what stands for a version of ours would be read as one
  if (fromWireName(eventType).version === 1) return [];
  return [
    {
      what: `the event ${eventType} ends as the names of versions do on the wire`,
      fix: `call it ${eventType.replace(/(\.v\d+)+$/, '')}, and say version: ${fromWireName(eventType).version}`,
    },
  ];
}

function fieldFaults({ eventType, version, schema, alsoAs }: EventClass): BootFault[] {
  const shapes = [
    [version, schema] as const,
    ...older(alsoAs).map((one) => [one, alsoAs[one]!.schema] as const),
  ];
  return shapes.flatMap(([of, { shape }]) =>
    Object.keys(shape)
      .filter((field) => RESERVED.includes(field))
      .map((field) => ({
        what: `the event ${wireName(eventType, of)} has a field ${field}, which the framework sets itself`,
        fix: 'rename the field',
      })),
  );
}

function versionFaults({ eventType, version, upcasters, alsoAs }: EventClass, isRead: boolean): BootFault[] {
  // of a version that is none, nothing else can be said
  if (!Number.isInteger(version) || version < 1 || version > MAX_EVENT_VERSION)
    return [
      {
        what: `the event ${eventType} has the version ${version}`,
        fix: `count versions up from 1, to ${MAX_EVENT_VERSION} at the most`,
      },
    ];
  const isOlder = (one: number) => Number.isInteger(one) && one >= 1 && one < version;
  const strange = (what: string, versions: number[]): BootFault[] =>
    versions
      .filter((one) => !isOlder(one))
      .map((one) => ({
        what: `the event ${eventType} has version ${version}, and ${what} ${one}`,
        fix: `name older versions only: whole numbers from 1, below ${version}`,
      }));
  const missing = isRead
    ? Array.from({ length: version - 1 }, (_, at) => at + 1).filter((one) => !upcasters[one])
    : [];
  return [
    ...strange('an upcaster for version', older(upcasters)),
    ...strange('is also published as version', older(alsoAs)),
    ...missing.map((one) => ({
      what: `the event ${eventType} is read in version ${version}, and nothing brings version ${one} to version ${one + 1}`,
      fix: `add upcasters: { ${one}: (fields) => … }; what was written in version ${one} may come as long as the log and the parking lot keep it`,
    })),
  ];
}

/** A publisher may add a field whenever it likes. */
function strictFaults({ eventType, schema }: EventClass): BootFault[] {
  const places = strictObjects(schema);
  if (places.length === 0) return [];
  return [
    {
      what: `the event ${eventType} is read by a schema that refuses fields that it does not name, in ${places.join(', ')}: each record would be parked once its publisher adds one`,
      fix: 'use z.object in place of z.strictObject, which passes such fields over',
    },
  ];
}

function older(byVersion: Readonly<Record<number, unknown>>): number[] {
  return Object.keys(byVersion).map(Number);
}
