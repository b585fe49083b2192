import type { TableDefinition } from './table-definition.js';

/** Which table of a read model counts, see {@link ViewGenerations}. */
export interface ViewGeneration {
  /** 1 until the view is rebuilt for the first time, one more with each rebuild. */
  readonly live: number;
  /** The generation that a rebuild fills at this moment. */
  readonly next: number | undefined;
  /** Whether nothing is written to the live generation for the moment, because it is about to be replaced. */
  readonly held: boolean;
}

/**
 * The generations of a read model's table. A rebuild fills the table of the next generation from the log, under a name of its own, while the
 * live one goes on; then one takes the other's name, in one step for all readers. An {@link InboxMark} says which generation its plan
 * writes to: plans of one that is held, or is no longer (or not yet) there, get the outcome `held` and write nothing.
 *
 * Several processes may call this at once; each call is atomic, also when the process is killed in the middle.
 */
export interface ViewGenerations {
  /** The generation of a view; a view that nobody knows is registered as generation 1, live. Also finishes a swap that a crash has interrupted. */
  current(view: string): Promise<ViewGeneration>;

  /**
   * Makes the empty table of the next generation and gives its definition: same columns and indexes, another name. Ends a hold. What an earlier attempt left
   * behind is dropped, and its generation number is not used again, so that late plans of it are refused.
   */
  beginRebuild(
    view: string,
    table: TableDefinition,
  ): Promise<{ readonly generation: number; readonly table: TableDefinition }>;

  /**
   * Refuses plans of the live generation from now on. When it has resolved, every plan of it is committed or refused. False: this rebuild is not
   * the newest one of the view any more.
   */
  hold(view: string, generation: number): Promise<boolean>;

  /**
   * Makes the next generation the live one: its table takes the name of the live one, which stays under `{name}__old` (an older `__old` is dropped)
   * until it is dropped. What is parked for the handlers of the old generation is dropped too: the new one has met it itself. Ends the hold.
   * False: this rebuild is not the newest one of the view any more, nothing was changed.
   * @param table the live one's definition
   * @param handlers the ids under which handlers of the old generation have parked records, as they are in the parking lot: see {@link handlerOf}
   */
  swap(
    view: string,
    generation: number,
    table: TableDefinition,
    handlers: readonly string[],
  ): Promise<boolean>;

  /** Ends a rebuild without a swap: the next generation's table is dropped, a hold ends. Does nothing when it is not the newest one. */
  abandon(view: string, generation: number, table: TableDefinition): Promise<void>;

  /** Drops the table of the generation before the live one, if it is there. */
  dropOld(table: TableDefinition): Promise<void>;
}

/** The id under which a view handler keeps its marks: its own, with the generation from the second on. */
export function handlerOf(handler: string, generation: number): string {
  return generation === 1 ? handler : `${handler}@${generation}`;
}

/** The name of the table that a rebuild fills. */
export function nextTableName(table: string): string {
  return `${table}__next`;
}

/** The name under which the table of the generation before stays. */
export function oldTableName(table: string): string {
  return `${table}__old`;
}
