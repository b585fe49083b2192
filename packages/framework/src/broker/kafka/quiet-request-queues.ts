import { createRequire } from 'node:module';

/** The queue of requests of one connection, as far as it is known here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Milliseconds since the epoch; in the past: not throttled. */
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

let isDone = false;

/**
 * Mends a fault of kafkajs 2.2.4: the queue of each connection looks for waiting requests every millisecond for as long as it lives, also when
 * none waits, by a timer in the past (which Node warns of). A look is needed only while requests wait, or while the broker throttles: an answer
 * that makes room looks by itself.
 */
export function quietRequestQueues(): void {
  if (isDone) return;
  isDone = true;
  // kafkajs does not export it, and has no types for it
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
    readonly prototype: RequestQueue;
  };
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its queue
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleIfNeeded(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
