/** A call of another service that must not keep its effect unless the unit of work that makes it is committed. */
export interface CallIntent {
  /** Unique; the `Idempotency-Key` of the call. */
  readonly id: string;
  /** Whose call it is: `payment.approve`. */
  readonly operation: string;
  /** For how long the unit of work may still keep it, in milliseconds on the database's clock. */
  readonly holdMs: number;
}

/** A call that is to be undone. */
export interface AbandonedCall {
  readonly id: string;
  readonly operation: string;
  /** How often it was tried to undo it. */
  readonly attempts: number;
  /** Milliseconds since the epoch, on the database's clock: when the intent was written. */
  readonly begunAt: number;
  /** Why the last attempt failed; null before the first. */
  readonly reason: string | null;
}

/**
 * What a service has to undo if it dies now: written before a call is made, and taken away by the commit of the unit of work that made it
 * (`WritePlan.keeps`). Either that happens, or the call is abandoned: never both.
 */
export interface CallIntents {
  /** Durable before it resolves. Calls of several callers at once are written together. */
  open(intent: CallIntent): Promise<void>;

  /** Gives calls up: from now on no plan can keep them. Those that are kept, or undone, already are passed over. */
  abandon(ids: readonly string[]): Promise<void>;

  /**
   * Abandons all whose hold is over, and gives those that are to be undone now, those that wait longest first. Each is due again after `againMs`: so
   * others leave it alone meanwhile. (Two that ask at the same instant may still get the same: to undo twice does no harm.)
   */
  due(limit: number, againMs: number): Promise<AbandonedCall[]>;

  /** It is undone: nothing is left to do. Does nothing for one that is unknown. */
  undone(id: string): Promise<void>;

  /** It could not be undone: it is due again after `againMs`. */
  failed(id: string, againMs: number, reason: string): Promise<void>;

  /** Those that wait to be undone, oldest first. */
  abandoned(limit: number): Promise<AbandonedCall[]>;

  /** How many wait to be undone, and since when (milliseconds since the epoch) the oldest does. */
  status(): Promise<{ readonly abandoned: number; readonly oldestAt: number | null }>;
}
