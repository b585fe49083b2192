/** One side of a call of an engine. */
export interface Place {
  /** The service whose engine it is. */
  readonly service: string;
  readonly engine: 'store' | 'broker';
  readonly side: 'before' | 'after';
  /** A point of the faulty engine, such as `commit`. */
  readonly point: string;
  /** The how-manieth call of the point. Default: the next. */
  readonly nth?: number;
  /** For `commit`: of what. Default: of anything. */
  readonly of?: 'request' | 'handler' | 'redrive' | 'withdrawal';
}

/** Where a process is to kill itself. */
export type Death = Place;

/** A process that is to kill itself at any call of a service's engines, each time with that probability. */
export interface DeathAnywhere {
  readonly service: string;
  readonly anywhere: { readonly seed: number; readonly probability: number };
}

/** What a host is told in its environment, as JSON in `HOST`. */
export interface HostPlan {
  /** The services that it runs, with the settings of each. */
  readonly services: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where it dies, from its start on. */
  readonly death?: Death;
  /** Loads everything, and starts only when it is told `go`. */
  readonly waits?: boolean;
}

/** What a parent tells a host. */
export type ToHost =
  | { readonly kind: 'go' }
  | { readonly kind: 'die'; readonly death: Death | DeathAnywhere }
  /** The call waits until it is released; the host says `held` when it does. */
  | { readonly kind: 'hang'; readonly place: Place }
  | { readonly kind: 'release' };

/** What a host tells its parent. */
export type FromHost =
  | { readonly kind: 'loaded' | 'armed' | 'held' }
  /** Where each service listens. */
  | { readonly kind: 'ready'; readonly urls: Readonly<Record<string, string>> };
