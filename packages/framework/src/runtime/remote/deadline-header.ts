import type { Clock } from '../../kernel/clock.js';
import type { Origin } from '../origin.js';

/**
 * How much time the caller has left when it sends a request, in whole milliseconds. A duration and no instant: the clocks of two
 * machines need not agree.
 */
export const DEADLINE_HEADER = 'x-request-timeout-ms';

/** A caller that has more time than this, in milliseconds, may as well say nothing. */
export const MAX_CLIENT_MS = 24 * 60 * 60 * 1000;

/** How long a call may take, in milliseconds: its own limit, or what is left of its caller's time. Zero or less: that is over. */
export function remainingMs(origin: Origin | undefined, clock: Clock, limitMs: number): number {
  const { deadline } = origin ?? {};
  return deadline === undefined ? limitMs : Math.min(limitMs, deadline - clock.now());
}

/** The value of the header. A service that gets a zero would not know whether it is meant. */
export function deadlineHeaderOf(leftMs: number): string {
  return String(Math.max(1, Math.floor(leftMs)));
}

/** How long the sender of a header still waits, in milliseconds. Undefined: it has not said so, or nothing that makes sense. */
export function readDeadlineHeader(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^[1-9]\d{0,8}$/.test(value)) return undefined;
  const leftMs = Number(value);
  return leftMs <= MAX_CLIENT_MS ? leftMs : undefined;
}
