import type { z } from 'zod';
import { type ClassWithFields, type CollectionOptions, noteCollection } from './aggregate.js';
import type { Criteria } from './criteria.js';
import type { DomainEventBase, EventClass } from './domain-event.js';
import { Entity, type EntityClass, type StateOf, type StateSchema, initialise } from './entity.js';
import { type HandlerClass, type HandlerOptions, handlerNote, noteReaction } from './handler-note.js';
import type { MethodDescriptor } from './method-descriptor.js';
import type { EventConstructor } from './policy-handler.js';
import type { AbstractClass } from './token.js';

/** What every row of a read model can do; its fields come from its schema. */
export abstract class ReadModelBase<S extends object = object> extends Entity<S> {}

/**
 * The base class of a read model's rows. A row is made with nothing but its id, so each field needs a default or must be
 * optional or nullable.
 */
export function ReadModel<Z extends StateSchema>(schema: Z) {
  class Row extends ReadModelBase {
    static readonly schema = schema;
    constructor(state: unknown) {
      super();
      initialise(this, schema, state);
    }
  }
  // the fields are made from the schema at run time, where the compiler cannot follow
  return Row as unknown as (new (state: z.input<Z>) => ReadModelBase<z.output<Z>> & z.output<Z>) & {
    readonly schema: Z;
  };
}

/** Makes a read model a collection of its service: a table, `GET` under `/{collection}`, and its searches. No writes. */
export function View<const F extends string = never>(
  options: CollectionOptions<F, Readonly<Record<string, readonly F[]>>>,
) {
  return (target: AbstractClass<ReadModelBase> & ClassWithFields<F>): void => noteCollection(options)(target);
}

/** The names of the methods that take an event and a row of another read model than `T`. */
type WrongRows<H, T> = {
  [K in keyof H]: H[K] extends (
    event: infer _ extends DomainEventBase,
    row: infer R extends ReadModelBase,
  ) => unknown
    ? T extends R
      ? never
      : K
    : never;
}[keyof H];

/** What a class of handlers must be, so that the compiler names the methods whose row does not fit. */
type RowsFit<H, T> = [WrongRows<H, T>] extends [never]
  ? unknown
  : { readonly 'the row of these methods is not the read model of the handler': WrongRows<H, T> };

/** A class whose methods bring events into the rows of a read model. */
export function ViewHandler<T extends ReadModelBase>(model: EntityClass<T>, options: HandlerOptions = {}) {
  return <C extends HandlerClass>(target: C & RowsFit<InstanceType<C>, T>): void =>
    handlerNote.change(target, () => ({ ...options, kind: 'view', id: options.id ?? target.name, model }));
}

/**
 * The method gets the event and the row it belongs to, and changes the row. With `id`: the row of that id, made if it
 * is not there. With `where`: each row that fits; if none does, one is made with those values (unless `create: false`); where events
 * of different keys may make the same one, let `@View({ unique })` keep it from being made twice.
 * Events of different services come in any order: write each method so that the order does not matter.
 * @example @When(PaymentApproved, { id: (e) => e.orderId }) approved(event: PaymentApproved, trace: OrderTrace) { … }
 */
export function When<E extends DomainEventBase, T extends ReadModelBase>(
  event: EventConstructor<E>,
  row:
    | { readonly id: (event: E) => number }
    | { readonly where: (event: E) => Criteria<StateOf<T>>; readonly create?: boolean },
) {
  const rowOf = 'id' in row ? row : { where: row.where, create: row.create ?? true };
  return (
    target: object,
    method: string,
    _descriptor: MethodDescriptor<(event: E, row: T) => unknown>,
  ): void =>
    // the event and row types are checked where the decorator stands; the note holds them without
    noteReaction(target, { event: event as unknown as EventClass, method, row: rowOf });
}
