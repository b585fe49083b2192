import type { Lease } from './leases.js';
import type { OutgoingEvent } from './write-plan.js';

/** An event that waits to be published. */
export interface OutboxEntry extends OutgoingEvent {
  /** Names the row. Increases in commit order as far as the engine knows it; never compare it with "last seen". */
  readonly position: number;
  /** When it was committed, in milliseconds since the epoch, on the database's clock. */
  readonly committedAt: number;
}

/** How much is read at once at the most. */
export interface OutboxLimit {
  readonly entries: number;
  /** Of values and headers together. */
  readonly bytes: number;
}

/** The events that are committed and not yet published. */
export interface Outbox {
  /**
   * The next entries, oldest first: at least one if there is one, and no more than the limit. Two events whose units of work depend on each other (the second read what the first
   * wrote) come in that order; so do all events of one unit.
   */
  read(limit: OutboxLimit): Promise<OutboxEntry[]>;

  /**
   * Removes entries that the broker has acknowledged. Only under the lease: throws {@link LeaseLostError} and removes nothing when the
   * lease has been taken over. Positions that are gone already are no error.
   */
  remove(positions: readonly number[], lease: Lease): Promise<void>;

  /** How many wait, and since when the oldest does (milliseconds since the epoch). */
  status(): Promise<{ readonly pending: number; readonly oldestAt: number | null }>;

  /**
   * Calls `listener` soon after a commit with events: of this process at once, of other processes as soon as the engine can tell (or never: poll
   * beside it). Several commits may make one call, and a call may come for nothing.
   */
  onAppended(listener: () => void): () => void;
}
