import type { ColumnValue } from './table-definition.js';

/** How a column is compared. `eq` with null means "is null", `ne` with null "is not null". */
export type ComparisonOperator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte' | 'startsWith' | 'contains';

/** One comparison; a row is selected when all hold. A null in the row fits no comparison but `eq` and `ne` with null. */
export type Condition =
  | { readonly column: string; readonly operator: ComparisonOperator; readonly value: ColumnValue }
  | { readonly column: string; readonly operator: 'in'; readonly value: readonly ColumnValue[] };

export interface Sorting {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

/** Which rows to read. `id` and `version` may be named like columns. */
export interface Selection {
  readonly where: readonly Condition[];
  /** In this order; ties are always broken by `id`, ascending, so that pages never overlap. Nulls come first ascending. */
  readonly sort: readonly Sorting[];
  readonly offset: number;
  readonly limit: number;
}
