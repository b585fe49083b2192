import type { IncomingHttpHeaders } from 'node:http';
import type { Origin } from '../runtime/origin.js';
import { continuedTrace } from '../runtime/trace-context.js';

export const CORRELATION_HEADER = 'x-correlation-id';

const CORRELATION_ID = /^[\w.~:+/=@-]{1,128}$/;

/** Where the work of a request comes from: the client's trace and correlation id, or new ones. */
export function originOf(headers: IncomingHttpHeaders): Origin {
  const trace = continuedTrace(singleValue(headers['traceparent']));
  const given = singleValue(headers[CORRELATION_HEADER]);
  // an id that cannot be logged and handed on is as good as none; then the trace's own does as well
  const correlationId = given !== undefined && CORRELATION_ID.test(given) ? given : trace.traceId;
  return { trace, correlationId };
}

function singleValue(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
