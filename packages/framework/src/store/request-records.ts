/** A request that was made with a key, and what came of it. */
export interface RequestRecord {
  /** Its `Idempotency-Key`. */
  readonly key: string;
  /** Says whether another request with the key asks for the same. Empty: it was taken back before it came. */
  readonly fingerprint: string;
  /** The first answer, as text; empty when it was taken back before it came. */
  readonly answer: string;
  /** What it has made: the name of its table, and its id; null when it has made nothing. */
  readonly subject: { readonly table: string; readonly id: number } | null;
  /** It was taken back: what it has made is undone, and it must not happen (again). */
  readonly isWithdrawn: boolean;
}

/** Sets the record of a request with a plan, so that the request happens once. */
export type RequestMark =
  /** The request happens: its key must be new. */
  | {
      readonly kind: 'answered';
      readonly key: string;
      readonly fingerprint: string;
      readonly answer: string;
      readonly subject: RequestRecord['subject'];
    }
  /** The request is taken back. `knows`: it has been answered, and was not taken back yet; else its key must be new. */
  | { readonly kind: 'withdrawn'; readonly key: string; readonly knows: boolean };

/** The requests with a key that a service has answered. Their records are written by plans only (`WritePlan.request`). */
export interface RequestRecords {
  find(key: string): Promise<RequestRecord | undefined>;
  /** Forgets records older than `ageMs`, at most `limit`; tells how many. Requests with their keys may take effect again. */
  prune(ageMs: number, limit: number): Promise<number>;
}
