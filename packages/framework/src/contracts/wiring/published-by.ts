import type { PublishedEvent } from '../service-contract.js';

/** An event, and who publishes it. */
export interface PublishedBy extends PublishedEvent {
  readonly publisher: string;
}
