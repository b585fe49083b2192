import type { DomainEventBase, EventClass } from './domain-event.js';
import type { MethodDescriptor } from './method-descriptor.js';
import { type HandlerClass, type HandlerOptions, handlerNote, noteReaction } from './handler-note.js';

/** What the constructor of an event class looks like to a decorator. */
export type EventConstructor<E extends DomainEventBase> = new (source: never) => E;

/**
 * A class whose methods react to events: "whenever an order is cancelled, cancel its payment". One instance serves the service.
 * @example @PolicyHandler() class PaymentPolicies { … }
 */
export function PolicyHandler(options: HandlerOptions = {}) {
  return (target: HandlerClass): void =>
    handlerNote.change(target, () => ({ ...options, kind: 'policy', id: options.id ?? target.name }));
}

/**
 * The method runs for each such event, in a unit of work together with the mark that it has: its changes and its events take effect once. Events
 * of one key come in order. What it throws is tried again, then the key is parked.
 * @example @Whenever(OrderCancelled) async cancelPayment(event: OrderCancelled) { … }
 */
export function Whenever<E extends DomainEventBase>(event: EventConstructor<E>) {
  return (target: object, method: string, _descriptor: MethodDescriptor<(event: E) => unknown>): void =>
    // whether it really is an event is for the boot check to say, together with all other faults
    noteReaction(target, { event: event as unknown as EventClass, method });
}
