/** How one attempt of a handler ended. */
export type HandlingOutcome = 'done' | 'duplicate' | 'failed' | 'parked' | 'waiting';

/** What the runtime measures. The service makes metrics of it. */
export interface Instruments {
  published(count: number): void;
  publishFailed(): void;
  handled(handler: string, eventType: string, outcome: HandlingOutcome, seconds: number): void;
  unknownEvent(eventType: string): void;
  called(client: string, operation: string, outcome: string, seconds: number): void;
}
