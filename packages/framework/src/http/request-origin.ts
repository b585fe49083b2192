import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../kernel/clock.js';
import type { Origin } from '../runtime/origin.js';
import { DEADLINE_HEADER, readDeadlineHeader } from '../runtime/remote/deadline-header.js';
import { continuedTrace } from '../runtime/trace-context.js';

export const CORRELATION_HEADER = 'x-correlation-id';

const CORRELATION_ID = /^[\w.~:+/=@-]{1,128}$/;

/**
 * Where the work of a request comes from: the client's trace and correlation id, or new ones, and until when the client waits, if it says so. Called as
 * soon as the headers are there: that time runs while the body still comes in.
 */
export function originOf(headers: IncomingHttpHeaders, clock: Clock): Origin {
  const trace = continuedTrace(singleValue(headers['traceparent']));
  const given = singleValue(headers[CORRELATION_HEADER]);
  // an id that cannot be logged and handed on is as good as none; then the trace's own does as well
  const correlationId = given !== undefined && CORRELATION_ID.test(given) ? given : trace.traceId;
  const leftMs = readDeadlineHeader(headers[DEADLINE_HEADER]);
  return { trace, correlationId, ...(leftMs !== undefined && { deadline: clock.now() + leftMs }) };
}

function singleValue(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
