import type { HttpLimits } from '../http/http-limits.js';
import type { CommonSettings } from './settings.js';

/** The limits of the HTTP side that settings name. */
export function httpLimits(settings: CommonSettings): Partial<HttpLimits> {
  return {
    bodyLimitBytes: settings.BODY_LIMIT_BYTES,
    maxHeaderBytes: settings.HEADER_LIMIT_BYTES,
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    receiveTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    lingerMs: settings.SHUTDOWN_LINGER_MS,
  };
}
