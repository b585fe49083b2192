import type { CalledOperation } from '../service-contract.js';

/** An operation of a client, and who calls it. */
export interface Call extends CalledOperation {
  readonly caller: string;
  /** `PaymentClient.approve` */
  readonly about: string;
}
