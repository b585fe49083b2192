import { BrokerUnavailableError } from '../kernel/errors/broker-errors.js';
import {
  CommitTimeoutError,
  PoolExhaustedError,
  StoreBusyError,
  StoreFullError,
  StoreReadOnlyError,
  StoreUnavailableError,
} from '../kernel/errors/store-errors.js';

const OUTAGES = [
  BrokerUnavailableError,
  CommitTimeoutError,
  PoolExhaustedError,
  StoreBusyError,
  StoreFullError,
  StoreReadOnlyError,
  StoreUnavailableError,
];

/**
 * Whether an error is the service's own infrastructure being away. Waiting is the only answer to that: it says
 * nothing about the event that was being handled, so it never counts as a failed attempt.
 */
export function isOutage(error: unknown): boolean {
  return OUTAGES.some((outage) => error instanceof outage);
}
