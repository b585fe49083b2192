import { z } from 'zod';
import { InvalidEventError, NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import { ambient } from './ambient.js';
import { fieldsOf, namedFields, snapshot } from './entity.js';
import { IN_PLAIN_WORDS, fieldErrors } from './field-errors.js';

/** The schema of an event: a flat object of fields. */
export type EventSchema = z.ZodObject;

/** What is known of an event that came from the broker. */
export interface EventIdentity {
  /** Unique; the same when the event is delivered again. */
  readonly eventId: string;
  readonly occurredAt: Date;
}

const identities = new WeakMap<DomainEventBase, EventIdentity>();

/** An event as it came in, already checked. */
class ReceivedFields {
  constructor(
    readonly fields: Readonly<Record<string, unknown>>,
    readonly identity: EventIdentity,
  ) {}
}

/** Something that happened, in the past tense. Immutable. */
export abstract class DomainEventBase {
  /** What an event that was received is known by; undefined for one of our own that is not published yet. */
  get identity(): EventIdentity | undefined {
    return identities.get(this);
  }

  /**
   * Publishes this event with the commit of the running unit of work: both happen or neither does. The order of the calls is kept for each key.
   * @throws NoUnitOfWorkError outside of a unit of work
   * @throws UndeclaredEventError when the service does not list the event
   */
  publishAfterCommit(): void {
    const unit = ambient.getStore()?.unit;
    if (!unit) throw new NoUnitOfWorkError(`${this.constructor.name}.publishAfterCommit()`);
    unit.publish(this);
  }
}

/** The class of an event. */
export interface EventClass<E extends DomainEventBase = DomainEventBase> {
  new (source: never): E;
  /** Its name on the wire. */
  readonly eventType: string;
  readonly schema: EventSchema;
  /** The key whose order is kept. */
  readonly keyOf: (event: never) => string | number;
  readonly name: string;
  readonly prototype: E;
}

/**
 * The base class of an event with the fields of `schema`. The constructor copies those fields from any source that has
 * them, checks them (`InvalidEventError`) and freezes the event. A reader of another service's event declares it anew, with only the fields that it reads.
 * @param options `key`: events with the same key stay in order: usually the id of what it is about
 * @example class OrderPlaced extends DomainEvent('OrderPlaced', orderEvent, { key: (e) => e.id }) {}
 */
export function DomainEvent<N extends string, Z extends EventSchema>(
  eventType: N,
  schema: Z,
  options: { readonly key: (event: z.output<Z>) => string | number },
) {
  class Event extends DomainEventBase {
    static readonly eventType = eventType;
    static readonly schema = schema;
    static readonly keyOf = options.key;
    constructor(source: unknown) {
      super();
      const received = source instanceof ReceivedFields ? source : undefined;
      const fields = received ? received.fields : checked(source);
      // a copy, so that freezing it does not freeze what the source goes on to use
      Object.assign(this, snapshot(namedFields(schema, fields)));
      if (received) identities.set(this, received.identity);
      deepFreeze(this);
    }
  }
  function checked(source: unknown): Record<string, unknown> {
    const parsed = schema.safeParse(fieldsOf(source as object, schema), IN_PLAIN_WORDS);
    if (!parsed.success) throw new InvalidEventError(eventType, fieldErrors(parsed.error));
    return parsed.data;
  }
  // the fields are made from the schema at run time, where the compiler cannot follow
  return Event as unknown as (new (source: z.input<Z>) => DomainEventBase & Readonly<z.output<Z>>) & {
    readonly eventType: N;
    readonly schema: Z;
    readonly keyOf: (event: z.output<Z>) => string | number;
  };
}

/** An event as it came in, from fields that were checked before. */
export function receivedEvent<E extends DomainEventBase>(
  eventClass: EventClass<E>,
  fields: Readonly<Record<string, unknown>>,
  identity: EventIdentity,
): E {
  return new eventClass(new ReceivedFields(fields, identity) as never);
}

function deepFreeze(value: object): void {
  Object.freeze(value);
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
}
