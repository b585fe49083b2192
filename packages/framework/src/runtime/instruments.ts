/**
 * What became of a record for a handler. Of an attempt: `done`, `duplicate` (it had taken effect before), `failed`, `timeout`, `conflict` (another changed
 * the same rows), `outage` (the store was away). Without an attempt: `parked`, `waiting` (put behind its key), `aside` (its key was put aside).
 */
export type HandlingOutcome =
  | 'done'
  | 'duplicate'
  | 'failed'
  | 'timeout'
  | 'conflict'
  | 'outage'
  | 'parked'
  | 'waiting'
  | 'aside';

/** What the runtime measures. The service makes metrics of it. */
export interface Instruments {
  published(count: number): void;
  publishFailed(): void;
  /** Records that the broker has, and that will be published once more: receivers know them by their ids. */
  publishedAgain(count: number): void;
  handled(handler: string, eventType: string, outcome: HandlingOutcome, seconds: number): void;
  unknownEvent(eventType: string): void;
  /** One call of another service, with all its attempts. `outcome`: `OK`, `FALLBACK`, or the code of the error. */
  called(client: string, operation: string, outcome: string, seconds: number): void;
  /** An attempt of a call beyond the first. */
  retried(client: string, operation: string): void;
  /** A call was undone because its unit of work was not committed; or an attempt to do so failed. */
  undone(operation: string, outcome: 'done' | 'failed'): void;
}
