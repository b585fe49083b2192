import type { z } from 'zod';
import { Entity, type EntityClass, type StateSchema, initialise } from './entity.js';

/** What every aggregate can do; its fields come from its schema. */
export abstract class AggregateBase<S extends object = object> extends Entity<S> {}

export type AggregateInstance<Z extends StateSchema> = AggregateBase<z.output<Z>> & z.output<Z>;

/** The class of an aggregate. */
export type AggregateClass<T extends AggregateBase = AggregateBase> = EntityClass<T>;

/**
 * The base class of an aggregate with the fields of `schema`. Extend it with behaviour methods and hooks, and say where it lives with
 * {@link Aggregate}. The constructor takes the schema's input, ignores what the schema does not name, and throws `InvalidStateError`.
 * @example class Order extends AggregateRoot(z.object({ product: z.string() })) {}
 */
export function AggregateRoot<Z extends StateSchema>(schema: Z) {
  class Root extends AggregateBase {
    static readonly schema = schema;
    constructor(state: unknown) {
      super();
      initialise(this, schema, state);
    }
  }
  // the fields are made from the schema at run time, where the compiler cannot follow
  return Root as unknown as (new (state: z.input<Z>) => AggregateInstance<Z>) & { readonly schema: Z };
}
