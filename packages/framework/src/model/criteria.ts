type Scalar = string | number | bigint | boolean | Date;

/** How one field is asked for: a value (equal), null (is null), or comparisons that must all hold. */
export type Criterion<V> =
  | V
  | {
      readonly ne?: V | null;
      readonly in?: readonly V[];
      readonly lt?: V;
      readonly lte?: V;
      readonly gt?: V;
      readonly gte?: V;
      readonly startsWith?: V & string;
      readonly contains?: V & string;
    };

/** Fields that can be searched by: those with a plain value. */
export type SearchableField<S> = {
  [K in keyof S]-?: NonNullable<S[K]> extends Scalar ? K : never;
}[keyof S];

/** What rows must be like; all named fields must fit. `{}` fits all. @example { orderId: 7, qty: { gte: 2 } } */
export type Criteria<S> = {
  readonly [K in SearchableField<S>]?:
    | Criterion<NonNullable<S[K]>>
    | (null extends S[K] ? null : undefined extends S[K] ? null : never);
} & { readonly id?: Criterion<number> };

/** The order of one field. `id` may be named too. */
export interface SortOrder<S> {
  readonly field: (SearchableField<S> & string) | 'id';
  readonly direction: 'asc' | 'desc';
}
