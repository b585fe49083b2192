import type { Broker } from '../../broker/broker.js';

/** What the conformance suite needs to know and to do with an adapter of the `Broker` port. */
export interface BrokerHarness {
  /** A new broker, opened, onto the same log as all others of this harness. Each acts as a process of its own. */
  connect(): Promise<Broker>;

  /**
   * How long a case waits for what the engine does in its own time (a rebalance, a delivery, a failure that shows)
   * before it fails, in milliseconds. It makes no passing case slower.
   */
  readonly patienceMs: number;

  /** Cuts the engine off from all brokers; what it returns makes it reachable again. Leave it out if it can't be done. */
  readonly interrupt?: () => Promise<() => Promise<void>>;

  /** Stops the engine and starts it again. Leave it out when there is no engine outside of the brokers. */
  readonly restart?: () => Promise<void>;

  /** Removes all that the harness made. The test file calls it after the last case. */
  dispose(): Promise<void>;
}
