import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Origin } from '../runtime/origin.js';
import { continuedTrace } from '../runtime/trace-context.js';

export const CORRELATION_HEADER = 'x-correlation-id';

const CORRELATION_ID = /^[\w.~:+/=@-]{1,128}$/;

/** Where the work of a request comes from: the client's trace and correlation id, or new ones. */
export function originOf(headers: IncomingHttpHeaders): Origin {
  return {
    trace: continuedTrace(singleValue(headers['traceparent'])),
    correlationId: correlationIdOf(headers),
  };
}

/** The client's id if it is one that can be logged and handed on; else a new one. */
function correlationIdOf(headers: IncomingHttpHeaders): string {
  const given = singleValue(headers[CORRELATION_HEADER]);
  return given !== undefined && CORRELATION_ID.test(given) ? given : randomUUID();
}

function singleValue(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
