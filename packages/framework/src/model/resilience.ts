/** How many calls of an operation may be under way. Beyond that they are refused at once. */
export interface BulkheadOptions {
  /** Default: 64. */
  readonly maxConcurrent?: number;
  /** How many may wait for their turn. Default: 0. */
  readonly maxWaiting?: number;
  /** How long one may wait for its turn, in milliseconds. Default: 100. */
  readonly maxWaitMs?: number;
}

/** When an operation is not called any more because it fails anyway. */
export interface CircuitOptions {
  /** The share of failed calls at which it opens, from 0 to 1. Default: 0.5. */
  readonly failureRate?: number;
  /** The time over which calls are counted, in milliseconds. Default: 10,000. */
  readonly windowMs?: number;
  /** The fewest calls in that time that say anything. At least 10. Default: 20. */
  readonly minCalls?: number;
  /** How long it stays open before a few calls are let through, in milliseconds. Default: 2,000. */
  readonly openMs?: number;
  /** How many calls are let through then, at once; if none of them fails it closes. Default: 3. */
  readonly probes?: number;
  /** A call that takes at least this long counts as failed although it has an answer, in milliseconds. Default: none does. */
  readonly slowMs?: number;
}

/** When a call that failed is made again. Only for failures that may pass, and never beyond the time that there is. */
export interface RetryOptions {
  /** All attempts together, the first one included. Default: 1, no retry. */
  readonly attempts?: number;
  /** Upper bound of the wait before the second attempt, in milliseconds. Default: 50. */
  readonly baseMs?: number;
  /** Upper bound of every wait, in milliseconds. A longer `Retry-After` ends the attempts. Default: 1,000. */
  readonly capMs?: number;
}

/** When one of several addresses of a service is left alone. */
export interface OutlierOptions {
  /** After how many failures in a row (5xx, or no answer). Default: 5. */
  readonly failures?: number;
  /** For how long, in milliseconds. Default: 30,000. */
  readonly ejectMs?: number;
  /** The largest share of the addresses that is left alone at once, from 0 to 1; one always stays. Default: 0.5. */
  readonly maxEjected?: number;
}

/** A request of a client as it goes out. */
export interface OutgoingRequest {
  readonly method: string;
  /** With path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: it has none. */
  readonly body: string | undefined;
}

/** Changes a request before each attempt: adds a header, signs it. */
export type Interceptor = (request: OutgoingRequest) => OutgoingRequest | Promise<OutgoingRequest>;

/** What protects an operation's callers. What an operation does not say, its client does. */
export interface ResilienceOptions {
  /** How long a call may take, with all its attempts and waits, in milliseconds. Default: 1000. */
  readonly timeoutMs?: number;
  /** How long one attempt may take, in milliseconds. Default: as long as the call. With `retry`: what is too slow once is asked for again. */
  readonly attemptTimeoutMs?: number;
  readonly bulkhead?: BulkheadOptions;
  /** `false`: it has none. */
  readonly circuit?: CircuitOptions | false;
  /** Of a client: for `GET`, `PUT` and `DELETE` only. A `POST` or `PATCH` is made again where the operation itself says so: the other service must know `Idempotency-Key`. */
  readonly retry?: RetryOptions;
}
