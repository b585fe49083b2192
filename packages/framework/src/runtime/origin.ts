import { type TraceContext, continuedTrace } from './trace-context.js';

/** Where a unit of work comes from: what it hands on to the events and calls that it makes. */
export interface Origin {
  readonly trace: TraceContext;
  /** The same for all that one request sets going, through all services. */
  readonly correlationId: string;
  /** The event that caused this; undefined for a request. */
  readonly causationId?: string;
  /** Aborted when nobody wants the outcome any more. */
  readonly signal?: AbortSignal;
  /** Until when, in milliseconds since the epoch. Undefined: for as long as its handler may take. */
  readonly deadline?: number;
  /** The operations that answered with their fallback: whoever made this unit of work puts them into its answer. */
  readonly fallbacks?: Set<string>;
  /** The operations of other services that were called: their time is not this one's own. */
  readonly called?: Set<string>;
}

/** Of what nobody asked for from outside. */
export function newOrigin(): Origin {
  const trace = continuedTrace(undefined);
  return { trace, correlationId: trace.traceId };
}
