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
  /** How long an idle connection is kept open, in milliseconds. Default: 65,000, longer than load balancers do. */
  readonly keepAliveTimeoutMs: number;
  /** How long idle connections stay open when it closes, for requests that are just on their way. Default: 0. */
  readonly lingerMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  bodyLimitBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  requestTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  receiveTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  lingerMs: 0,
};
