import type { Store, StoreCapabilities } from '../../store/store.js';

/** What the conformance suite needs to know and to do with an adapter of the `Store` port. */
export interface StoreHarness {
  /** What the adapter declares; cases that need more are skipped with the reason. */
  readonly capabilities: StoreCapabilities;

  /**
   * How long a case waits for what happens in its own time (a lease that runs out, a notification) before it fails, in
   * milliseconds. It makes no passing case slower.
   */
  readonly patienceMs: number;

  /** Makes a database that is empty and that no other case uses. */
  database(): Promise<StoreDatabase>;
}

/** The database of one case. */
export interface StoreDatabase {
  /**
   * A new store on this database, not opened yet. Each acts as a process of its own. The suite opens and closes it.
   * @param limits how long a statement may take, in place of what is usual; it waits no longer for others either
   */
  store(limits?: { readonly statementTimeoutMs: number }): Store;

  /** Runs statements as a person would with the engine's own tool. */
  execute(sql: string): Promise<void>;

  /** Runs `work` while another client has carried a statement out and not committed it; then rolls that back, whatever happens. */
  whileUncommitted(sql: string, work: () => Promise<void>): Promise<void>;

  /** Removes the database. All its stores are closed by then. */
  dispose(): Promise<void>;
}
