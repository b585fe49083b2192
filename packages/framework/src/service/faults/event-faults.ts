import type { BootFault } from '../../kernel/errors/start-errors.js';
import { DomainEventBase, type EventClass } from '../../model/domain-event.js';

/** What the envelope on the wire needs for itself. */
const RESERVED = ['eventType', 'timestamp', 'identity', 'publishAfterCommit'];

export function isEventClass(thing: unknown): thing is EventClass {
  return typeof thing === 'function' && thing.prototype instanceof DomainEventBase;
}

/** What is wrong with one event class. */
export function eventFaults(event: EventClass): BootFault[] {
  return Object.keys(event.schema.shape)
    .filter((field) => RESERVED.includes(field))
    .map((field) => ({
      what: `the event ${event.eventType} has a field ${field}, which the framework sets itself`,
      fix: 'rename the field',
    }));
}
