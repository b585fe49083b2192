import type { RequestMark } from './request-records.js';
import type { TableDefinition, Values } from './table-definition.js';

/** One change of a row. */
export type Change =
  | { readonly kind: 'insert'; readonly table: TableDefinition; readonly id: number; readonly values: Values }
  | {
      readonly kind: 'update';
      readonly table: TableDefinition;
      readonly id: number;
      /** The row must still have this version; it gets the next one. */
      readonly expectedVersion: number;
      /** Only what changes. */
      readonly values: Values;
    }
  | {
      readonly kind: 'delete';
      readonly table: TableDefinition;
      readonly id: number;
      /** The row must still have this version. */
      readonly expectedVersion: number;
    };

/** The version that a row has after a change; 0: it is gone. */
export function versionAfter(change: Change): number {
  if (change.kind === 'insert') return 1;
  return change.kind === 'update' ? change.expectedVersion + 1 : 0;
}

/** An event on its way out, as it will be published. */
export interface OutgoingEvent {
  readonly eventId: string;
  readonly topic: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 text: JSON. */
  readonly value: string;
}

/** Says that a handler has done with an event. */
export interface InboxMark {
  readonly handler: string;
  readonly eventId: string;
  /** The key whose order the handler keeps. While it is parked for this handler, the plan is not carried out. */
  readonly key: string | null;
  /** Set by a redrive: the parked record that is done now and removed with this plan. */
  readonly parkedPosition?: number;
  /** Set by a view handler: the generation of the view's table that the plan writes to. */
  readonly view?: { readonly name: string; readonly generation: number };
}

/** All that one unit of work wants to write: it happens as a whole or not at all. */
export interface WritePlan {
  /** Unique; lets an adapter find out whether a commit whose answer was lost has happened. */
  readonly id: string;
  readonly changes: readonly Change[];
  readonly events: readonly OutgoingEvent[];
  readonly inbox?: InboxMark;
  /** The intents (`CallIntents`) whose calls keep their effect with this plan. */
  readonly keeps?: readonly string[];
  /** The request that this plan answers or takes back. */
  readonly request?: RequestMark;
  /**
   * `buffered`: the commit may resolve when it survives the death of the process and not yet that of the machine, until
   * `flush`. For work that is done again when its mark is lost. An adapter may treat it as `durable`, the default.
   */
  readonly durability?: 'durable' | 'buffered';
}

/**
 * What came of a plan. `duplicate`: the inbox mark was there already (or the parked record was gone), nothing was written. `parked`: the
 * mark's key is parked for that handler, nothing was written. `held`: the view's generation takes no writes (now, or any more), nothing was written. `answered`: the record
 * of the request is not as its mark says (another was faster), nothing was written. `committed` carries the versions of the rows, in the order
 * of the changes (0 for a deleted one).
 */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly versions: readonly number[] }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'parked' }
  | { readonly kind: 'held' }
  | { readonly kind: 'answered' };
