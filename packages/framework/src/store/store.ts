import type { CallIntents } from './call-intents.js';
import type { Leases } from './leases.js';
import type { Outbox } from './outbox.js';
import type { ParkingLot } from './parking-lot.js';
import type { RequestRecords } from './request-records.js';
import type { Selection } from './selection.js';
import type { Row, TableDefinition } from './table-definition.js';
import type { ViewGenerations } from './view-generations.js';
import type { CommitOutcome, WritePlan } from './write-plan.js';

/** What an engine can do beyond the guarantees, or can't. A conformance case that needs more than this is reported as skipped. */
export interface StoreCapabilities {
  /** For messages and health: `sqlite`, `postgres`, … */
  readonly engine: string;
  /** Processes on several hosts may share it. */
  readonly sharedByHosts: boolean;
  /** Commits of other processes wake `outbox.onAppended`. */
  readonly notifiesOtherProcesses: boolean;
}

/** A range of ids, both ends included. */
export interface IdBlock {
  readonly first: number;
  readonly last: number;
}

/**
 * The port to a service's own database.
 *
 * Guarantees of every adapter:
 * - **Atomic:** a write plan is written as a whole or not at all, also when the process is killed at any instant.
 * - **Durable:** when `commit` has resolved, the plan survives the death of the process and (unless it is `buffered`) of the machine. What
 *   `outbox.read` gives survives both.
 * - **Isolated:** of two plans that update or delete the same version of a row, exactly one is committed, the other throws.
 * - **Read your writes:** a read that starts after a commit resolved (in the same process) sees it.
 * - **Exact:** every value comes back as it was given (see `ColumnType`), or the write is refused with `UnstorableValueError`.
 * - **Closed for good:** after `close()` every call rejects with `StoreUnavailableError`; a second `close()` does nothing.
 *
 * Every method rejects with the store errors of the kernel: `StoreUnavailableError` (`ConnectionLostError` is one), `StoreBusyError`,
 * `PoolExhaustedError`, `StatementTimeoutError`, `StoreFullError`, `StoreReadOnlyError`, `StoreFailedError`. No other error of a driver gets out.
 */
export interface Store {
  readonly capabilities: StoreCapabilities;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly parking: ParkingLot;
  readonly views: ViewGenerations;
  readonly intents: CallIntents;
  readonly requests: RequestRecords;

  /**
   * Connects and brings the framework's own tables to their newest numbered migration. Several processes may do so at
   * once. Call it before anything else. When it has rejected, nothing is held and it may be called again; not after it has resolved.
   * @throws SchemaDiffersError when the adapter was told only to verify and its own tables are missing or old
   */
  open(): Promise<void>;

  /**
   * Makes what is missing: tables, columns, indexes; or, when the adapter was told only to verify, refuses that too. Running it again
   * changes nothing. A column that is gone from the definition stays where it is, if rows can be inserted without it.
   * @throws SchemaDiffersError when anything else differs; nothing was changed then
   */
  ensureTables(tables: readonly TableDefinition[]): Promise<void>;

  /** The statements that make the framework's own tables and these in an empty database, for those who migrate by hand. Needs no connection. */
  schemaSql(tables: readonly TableDefinition[]): readonly string[];

  /**
   * Reserves `count` ids for a table: durable before it resolves, so no id is given twice, not even when the process
   * dies. Starts with 1; ids lost that way leave a gap.
   */
  reserveIds(table: TableDefinition, count: number): Promise<IdBlock>;

  /** Gives ids back that were never used, at a clean stop. Only the end of the newest block can be reused; else does nothing. */
  releaseIds(table: TableDefinition, unused: IdBlock): Promise<void>;

  /** The row with that id. */
  get(table: TableDefinition, id: number): Promise<Row | undefined>;

  /** The rows that fit, in order. */
  select(table: TableDefinition, selection: Selection): Promise<Row[]>;

  /** How many rows fit. */
  count(table: TableDefinition, where: Selection['where']): Promise<number>;

  /**
   * Carries a plan out in one short transaction: the marks first (inbox, request, intents), then the changes in their order, then the events.
   * @throws VersionConflictError when a row to update or delete has another version, or is gone
   * @throws CallAbandonedError when a call that the plan keeps is abandoned; nothing was written
   * @throws UniqueViolationError when an insert or update collides
   * @throws UnstorableValueError when a value would not come back as it was given
   * @throws DeadlockError, SerializationFailureError when the database chose this plan to give way; nothing was written
   * @throws CommitUnknownError when the answer of the database was lost and it could not be asked within a limit. With an inbox mark
   *   instead `ConnectionLostError`: the plan may be committed again, the mark tells whether it has happened
   */
  commit(plan: WritePlan): Promise<CommitOutcome>;

  /** Resolves when every plan whose commit has resolved survives the death of the machine, the `buffered` ones too. */
  flush(): Promise<void>;

  /** Forgets inbox marks (and what else the adapter keeps of commits) older than `ageMs`, at most `limit` at a time; tells how many. Older events may take effect again. */
  pruneInbox(ageMs: number, limit: number): Promise<number>;

  /** Resolves when the database answers and can be written to. */
  ping(): Promise<void>;

  /** Waits for what was begun, then lets go of everything. */
  close(): Promise<void>;
}
