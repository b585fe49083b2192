import type { TargetState } from './targets.js';

/** `forced open`, `forced closed`: by a person, for a drill. `none`: the operation has no circuit. */
export type CircuitState = 'closed' | 'open' | 'half open' | 'forced open' | 'forced closed' | 'none';

/** How an operation of another service does, seen from here. */
export interface OperationState {
  /** `payment.approve` */
  readonly operation: string;
  readonly circuit: CircuitState;
  /** Over the window of its circuit. */
  readonly calls: number;
  readonly failures: number;
  /** Calls that were not made, since the start: the circuit was open. */
  readonly refused: number;
  /** How often it has opened since the start. */
  readonly openings: number;
  readonly running: number;
  readonly waiting: number;
  /** The newest first. */
  readonly lastErrors: readonly { readonly at: number; readonly code: string; readonly message: string }[];
}

/** How a client does. */
export interface ClientState {
  readonly client: string;
  readonly operations: readonly OperationState[];
  readonly targets: readonly TargetState[];
}

/** What can be seen and drilled of the clients of a service. */
export interface ClientStates {
  all(): readonly ClientState[];
  /**
   * Holds the circuit of an operation open or closed until `auto`.
   * @throws NotFoundError
   */
  force(operation: string, state: 'open' | 'closed' | 'auto'): void;
}
