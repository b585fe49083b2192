import { z } from 'zod';
import { InvalidEventError, NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import { ambient } from './ambient.js';
import { fieldsOf, namedFields, snapshot } from './entity.js';
import type { OlderVersion, Upcasters } from './event-versions.js';
import { IN_PLAIN_WORDS, fieldErrors } from './field-errors.js';
import { wireName } from './wire-name.js';

/** The schema of an event: a flat object of fields. */
export type EventSchema = z.ZodObject;

/** What is known of an event that came from the broker. */
export interface EventIdentity {
  /** Unique; the same when the event is delivered again, and in all versions in which it was published. */
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
  /** Its name, the same in all versions. On the wire it is called as `wireName` says. */
  readonly eventType: string;
  /** From 1. */
  readonly version: number;
  readonly schema: EventSchema;
  /** The key whose order is kept. */
  readonly keyOf: (event: never) => string | number;
  readonly upcasters: Upcasters;
  readonly alsoAs: Readonly<Record<number, OlderVersion>>;
  readonly name: string;
  readonly prototype: E;
}

/** What there is to say of an event besides its name and its fields. */
export interface EventOptions<Z extends EventSchema, Older extends Readonly<Record<number, EventSchema>>> {
  /** Events with the same key stay in order: usually the id of what it is about. */
  readonly key: (event: z.output<Z>) => string | number;
  /** Counted up by a change that readers of the fields would not survive. Default: 1. */
  readonly version?: number;
  /**
   * For those who read it. By version: makes the fields of the next version of those of this one, before the schema looks at them. Needed for each
   * version below this one, because events that were written in it may still come: from the log, the outbox or the parking lot.
   */
  readonly upcasters?: Upcasters;
  /** For those who publish it. By version: older ones in which it is published as well, as long as somebody reads them. */
  readonly alsoAs?: { readonly [V in keyof Older]: OlderVersion<Older[V], Readonly<z.output<Z>>> };
}

/**
 * The base class of an event with the fields of `schema`. The constructor copies those fields from any source that has
 * them, checks them (`InvalidEventError`) and freezes the event. A reader of another service's event declares it anew, with only the fields that it reads.
 * @example class OrderPlaced extends DomainEvent('OrderPlaced', orderEvent, { key: (e) => e.id }) {}
 * @example
 * class PaymentApproved extends DomainEvent('PaymentApproved', paymentV2, {
 *   key: (e) => e.orderId,
 *   version: 2,
 *   upcasters: { 1: (fields) => ({ ...fields, currency: 'KRW' }) },
 *   alsoAs: { 1: { schema: paymentV1, from: ({ currency: _, ...older }) => older } },
 * }) {}
 */
export function DomainEvent<
  N extends string,
  Z extends EventSchema,
  Older extends Readonly<Record<number, EventSchema>>,
>(eventType: N, schema: Z, options: EventOptions<Z, Older>) {
  const { version = 1 } = options;
  class Event extends DomainEventBase {
    static readonly eventType = eventType;
    static readonly version = version;
    static readonly schema = schema;
    static readonly keyOf = options.key;
    static readonly upcasters = options.upcasters ?? {};
    static readonly alsoAs = options.alsoAs ?? {};
    constructor(source: unknown) {
      super();
      const received = source instanceof ReceivedFields ? source : undefined;
      const fields = received
        ? received.fields
        : checked(wireName(eventType, version), schema, source as object);
      // a copy, so that freezing it does not freeze what the source goes on to use
      Object.assign(this, snapshot(namedFields(schema, fields)));
      if (received) identities.set(this, received.identity);
      deepFreeze(this);
    }
  }
  // the fields are made from the schema at run time, where the compiler cannot follow
  return Event as unknown as (new (source: z.input<Z>) => DomainEventBase & Readonly<z.output<Z>>) & {
    readonly eventType: N;
    readonly version: number;
    readonly schema: Z;
    readonly keyOf: (event: z.output<Z>) => string | number;
    readonly upcasters: Upcasters;
    readonly alsoAs: Readonly<Record<number, OlderVersion>>;
  };
}

/** The fields of an event in an older version in which it is published as well. @throws InvalidEventError when that version's schema refuses them */
export function olderFields(event: DomainEventBase, version: number): Record<string, unknown> {
  const { eventType, alsoAs } = event.constructor as EventClass;
  const { schema, from } = alsoAs[version]!;
  return namedFields(schema, checked(wireName(eventType, version), schema, from(event as never)));
}

function checked(what: string, schema: EventSchema, source: object): Record<string, unknown> {
  const parsed = schema.safeParse(fieldsOf(source, schema), IN_PLAIN_WORDS);
  if (!parsed.success) throw new InvalidEventError(what, fieldErrors(parsed.error));
  return parsed.data;
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
