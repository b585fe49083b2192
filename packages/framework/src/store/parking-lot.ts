import type { InboxMark } from './write-plan.js';

/** A record as it came from the broker, kept byte for byte so that it can be handled later as if it came now. */
export interface RecordToPark {
  readonly handler: string;
  /** Null: the record stands alone and holds up no other. */
  readonly key: string | null;
  readonly eventId: string;
  readonly eventType: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly recordKey: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array | null;
  /** Milliseconds since the epoch, from the record. */
  readonly timestamp: number;
  /** Why: the error's code and message; null for one that only waits for its turn. */
  readonly reason: { readonly code: string; readonly message: string } | null;
  readonly attempts: number;
}

export interface ParkedRecord extends RecordToPark {
  /** Increases in the order of parking. */
  readonly position: number;
  /** Milliseconds since the epoch, on the database's clock. */
  readonly parkedAt: number;
}

/** A key that waits, seen from outside. */
export interface ParkedKey {
  readonly handler: string;
  readonly key: string | null;
  /** How many records wait; always 1 for records without a key. */
  readonly records: number;
  /** The position of the first of them. */
  readonly position: number;
  readonly parkedAt: number;
  readonly reason: { readonly code: string; readonly message: string } | null;
}

/**
 * Where records wait that their handler could not handle, and those behind them. A key whose first record has a reason waits for a person, others
 * for nobody but their turn. A key is *parked for a handler* as long as at least one
 * record with that handler and key waits here; plans with an inbox mark of that handler and key are then refused
 * (`parked`), except the one that carries the `parkedPosition` of the first waiting record.
 */
export interface ParkingLot {
  /**
   * Parks a record, and with it its key. Parking the same handler and event again does nothing. False: the handler has done
   * with that event already (the record came once more), nothing was written.
   */
  park(record: RecordToPark): Promise<boolean>;

  /**
   * Parks a record behind others of its key, if its key is parked; one whose event the handler has done with already needs no
   * place and gets none. False: the key is free, nothing was written, handle the record instead. The question and the answer are one transaction, so a record can't slip behind a key that is just being freed.
   */
  parkBehind(record: RecordToPark): Promise<boolean>;

  /** The first waiting record of a handler and key; or for a null key, the one at `position`. */
  first(handler: string, key: string | null, position?: number): Promise<ParkedRecord | undefined>;

  /** The waiting records of a handler and key in their order, behind position `after` (0: from the first). */
  records(handler: string, key: string | null, after: number, limit: number): Promise<ParkedRecord[]>;

  /** The parked keys in the order in which they were parked, behind position `after` (0: from the first). */
  keys(after: number, limit: number): Promise<ParkedKey[]>;

  /** How many keys are parked, each record without a key counts as one. With `failed`: only those whose first record has a reason. */
  count(only?: 'failed'): Promise<number>;

  /** Notes why another attempt (or as many as `attempts` says) at a waiting record failed. */
  failedAgain(position: number, reason: { code: string; message: string }, attempts?: number): Promise<void>;

  /**
   * Takes a waiting record away for good and marks its event as done for the handler, so that it does not come back when the broker
   * delivers it once more. False: it was not there.
   */
  drop(position: number, mark: InboxMark): Promise<boolean>;
}
