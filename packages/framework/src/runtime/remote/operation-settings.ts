import type { FeignClientOptions } from '../../model/feign-client.js';
import type { OperationNote } from '../../model/http-operation.js';
import type { BulkheadOptions, CircuitOptions, RetryOptions } from '../../model/resilience.js';

/** What protects an operation's callers, all of it decided. */
export interface OperationSettings {
  readonly timeoutMs: number;
  /** Undefined: as long as the call. */
  readonly attemptTimeoutMs: number | undefined;
  readonly bulkhead: Required<BulkheadOptions>;
  readonly circuit: (Required<Omit<CircuitOptions, 'slowMs'>> & Pick<CircuitOptions, 'slowMs'>) | false;
  readonly retry: Required<RetryOptions>;
}

const TIMEOUT_MS = 1_000;
const BULKHEAD = { maxConcurrent: 64, maxWaiting: 0, maxWaitMs: 100 };
const CIRCUIT = { failureRate: 0.5, windowMs: 10_000, minCalls: 20, openMs: 2_000, probes: 3 };
const RETRY = { attempts: 1, baseMs: 50, capMs: 1_000 };
/** The share of attempts beyond the first that a client may make. */
export const RETRY_BUDGET = 0.2;

/** To do it twice is to do it once. */
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** What the operation says, else its client, else the default; option by option. */
export function operationSettings(client: FeignClientOptions, operation: OperationNote): OperationSettings {
  const circuit = operation.circuit ?? client.circuit;
  // a write that may not be repeated is only where it says so itself: its service must know `Idempotency-Key`
  const mayRetry = REPEATABLE.has(operation.method) || operation.retry !== undefined;
  return {
    timeoutMs: operation.timeoutMs ?? client.timeoutMs ?? TIMEOUT_MS,
    attemptTimeoutMs: operation.attemptTimeoutMs ?? client.attemptTimeoutMs,
    bulkhead: { ...BULKHEAD, ...client.bulkhead, ...operation.bulkhead },
    circuit: circuit !== false && { ...CIRCUIT, ...client.circuit, ...circuit },
    retry: mayRetry ? { ...RETRY, ...client.retry, ...operation.retry } : RETRY,
  };
}
