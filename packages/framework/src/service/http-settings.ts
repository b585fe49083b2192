import type { HttpLimits } from '../http/http-limits.js';
import { GradientBound } from '../http/load/gradient-bound.js';
import { RequestSlots, fixedBound } from '../http/load/request-slots.js';
import type { Clock } from '../kernel/clock.js';
import type { CommonSettings } from './settings.js';

/** The limits of the HTTP side that settings name. */
export function httpLimits(settings: CommonSettings): Partial<HttpLimits> {
  return {
    bodyLimitBytes: settings.BODY_LIMIT_BYTES,
    maxHeaderBytes: settings.HEADER_LIMIT_BYTES,
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    receiveTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    lingerMs: settings.SHUTDOWN_LINGER_MS,
    maxConnections: settings.MAX_CONNECTIONS,
  };
}

/** The requests that it may have under way at once. */
export function requestSlots(settings: CommonSettings, clock: Clock): RequestSlots {
  const most = settings.MAX_CONCURRENT_REQUESTS;
  return new RequestSlots(most === 'adaptive' ? new GradientBound(clock) : fixedBound(Number(most)), clock);
}
