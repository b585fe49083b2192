import type { FastifyReply } from 'fastify';
import type { Logger } from '../kernel/logger.js';
import { RequestTimeoutError } from '../kernel/errors/request-errors.js';
import { type RoutedRequest, pathOf } from './fastify-words.js';

/** What answers a request. */
export type Handler = (request: RoutedRequest, reply: FastifyReply) => unknown;

/**
 * Gives a handler `limitMs` to finish. After that the client is told so, and the origin's signal is aborted, so that nothing
 * is committed any more. A client that goes away aborts nothing: what other services have done for it by then must not be left alone.
 */
export function withDeadline(handler: Handler, limitMs: number, logger: Logger): Handler {
  return async (request, reply) => {
    const deadline = new AbortController();
    const { origin } = request;
    request.origin = { ...origin, signal: deadline.signal };
    const timer = setTimeout(() => {
      const error = new RequestTimeoutError(`${request.method} ${pathOf(request.url)}`, limitMs);
      deadline.abort(error);
      if (!reply.sent) reply.send(error);
    }, limitMs);
    try {
      const answer: unknown = await handler(request, reply);
      if (deadline.signal.aborted) {
        const fields = { traceId: origin.trace.traceId, correlationId: origin.correlationId };
        logger.warn(
          fields,
          `${request.method} ${request.template} was done after its client was told that it was not`,
        );
      }
      return answer;
    } finally {
      clearTimeout(timer);
    }
  };
}
