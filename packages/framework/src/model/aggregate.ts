import type { AggregateBase } from './aggregate-root.js';
import { MetadataKey } from './metadata.js';
import type { AbstractClass } from './token.js';

/** Finders by name: the fields that each asks for, all of them to be equal to the parameters of the same names. */
export type Finders = Readonly<Record<string, readonly string[]>>;

export interface CollectionOptions<F extends string, N extends Readonly<Record<string, readonly F[]>>> {
  /** The last part of its URL and the name of its table, in the plural: `orders`. */
  readonly collection: string;
  /** Searches over HTTP: `{ findByStatus: ['status'] }` is `GET /orders/search/findByStatus?status=…`. Their fields are indexed. */
  readonly finders?: N;
  /** Fields that the service itself searches by. */
  readonly indexes?: readonly (F | readonly F[])[];
  /** Fields (or combinations) that no two rows may share. */
  readonly unique?: readonly (F | readonly F[])[];
}

/** Where an aggregate or view lives and how it is searched. */
export interface CollectionNote {
  readonly collection: string;
  readonly finders: Finders;
  readonly indexes: readonly { readonly columns: readonly string[]; readonly unique: boolean }[];
}

/** A class whose schema has these fields. */
export interface ClassWithFields<F extends string> {
  readonly schema: { readonly shape: Readonly<Record<F, unknown>> };
}

export const collectionNote = new MetadataKey<CollectionNote>(
  'collection',
  (inherited) => inherited ?? { collection: '', finders: {}, indexes: [] },
);

/** Notes a collection down. `@Aggregate` and `@View` are this, with the type of what they may stand on. */
export function noteCollection<F extends string>(
  options: CollectionOptions<F, Readonly<Record<string, readonly F[]>>>,
): (target: object) => void {
  const index = (unique: boolean) => (columns: F | readonly F[]) => ({
    columns: [columns].flat() as readonly F[],
    unique,
  });
  const finders = options.finders ?? {};
  const note: CollectionNote = {
    collection: options.collection,
    finders,
    indexes: [
      ...(options.unique ?? []).map(index(true)),
      ...(options.indexes ?? []).map(index(false)),
      ...Object.values(finders).map(index(false)),
    ],
  };
  return (target) => collectionNote.change(target, () => note);
}

/**
 * Makes an aggregate a collection of its service: a table, `GET POST PUT PATCH DELETE` under `/{collection}`, and its searches.
 * A field that is named here and that the aggregate does not have is a compile error, and a fault of the boot check.
 * @example @Aggregate({ collection: 'orders', finders: { findByStatus: ['status'] } })
 */
export function Aggregate<const F extends string = never>(
  options: CollectionOptions<F, Readonly<Record<string, readonly F[]>>>,
) {
  return (target: AbstractClass<AggregateBase> & ClassWithFields<F>): void => noteCollection(options)(target);
}
