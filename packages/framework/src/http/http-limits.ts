/** What one client may cost. */
export interface HttpLimits {
  /** The largest body, in bytes. Default: 1 MiB. */
  readonly bodyLimitBytes: number;
  /** The most bytes of request line and headers together. Default: 16 KiB. */
  readonly maxHeaderBytes: number;
  /** How long the service may take for a request that it has received, in milliseconds. Default: 30,000. */
  readonly requestTimeoutMs: number;
  /** How long a client may take to send its headers, in milliseconds. Default: 10,000. */
  readonly headersTimeoutMs: number;
  /** How long a client may take to send a whole request, in milliseconds. Default: 30,000. */
  readonly receiveTimeoutMs: number;
  /**
   * How long nothing may move on a connection with a request under way, in milliseconds: a client that does not read its answer is cut off then. Default:
   * 5,000 more than the longer of the two limits above, so that it never cuts off one that only waits.
   */
  readonly silenceTimeoutMs: number;
  /** How long an idle connection is kept open, in milliseconds. Default: 65,000, longer than load balancers do. */
  readonly keepAliveTimeoutMs: number;
  /** How long idle connections stay open when it closes, for requests that are just on their way. Default: 0. */
  readonly lingerMs: number;
  /** How many connections may be open; what comes beyond is closed at once. Default: 5,000. */
  readonly maxConnections: number;
}

/** How much later than the request itself its connection is given up. */
export const SILENCE_MARGIN_MS = 5_000;

const DEFAULT_HTTP_LIMITS: Omit<HttpLimits, 'silenceTimeoutMs'> = {
  bodyLimitBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  requestTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  receiveTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  lingerMs: 0,
  maxConnections: 5_000,
};

/** The limits that are given, and the defaults of the rest. */
export function httpLimitsWith(given: Partial<HttpLimits> = {}): HttpLimits {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...given };
  const longestMs = Math.max(limits.requestTimeoutMs, limits.receiveTimeoutMs);
  return { silenceTimeoutMs: longestMs + SILENCE_MARGIN_MS, ...limits };
}
