/** One address of a service that is called. */
export interface Target {
  /** Without a slash at the end, and without user and password: `http://10.0.0.7:8080`. */
  readonly url: string;
  /** What requests name as their `Host`, where the URL has the address of one replica in its place: `payment:8080`. TLS checks the certificate against it. */
  readonly host?: string;
}

/** What came of an exchange with a target: an answer below 500; one of 500 and more, or none in time; no connection, or one that broke. */
export type Exchanged = 'answered' | 'failed' | 'unreachable';

/** How one of the addresses does. */
export interface TargetState {
  readonly url: string;
  readonly isEjected: boolean;
  /** Until when, in milliseconds since the epoch; null: it is not ejected. */
  readonly ejectedUntil: number | null;
  readonly failuresInARow: number;
}

/** The addresses of a service: who gets the next call, and who is left alone for a while. */
export interface Targets {
  /** The one that gets the next attempt of a call: none that is ejected, and none of `tried` where there is another. */
  pick(tried?: ReadonlySet<Target>): Target;
  /** Tells what came of it. */
  report(target: Target, exchanged: Exchanged): void;
  states(): readonly TargetState[];
  close(): Promise<void>;
}
