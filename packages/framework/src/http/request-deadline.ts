import type { FastifyReply } from 'fastify';
import type { Clock } from '../kernel/clock.js';
import { DeadlineExceededError } from '../kernel/errors/remote-errors.js';
import { RequestTimeoutError } from '../kernel/errors/request-errors.js';
import type { Logger } from '../kernel/logger.js';
import { remainingMs } from '../runtime/remote/deadline-header.js';
import { type RoutedRequest, pathOf } from './fastify-words.js';

/** What answers a request. */
export type Handler = (request: RoutedRequest, reply: FastifyReply) => unknown;

export interface DeadlineOptions {
  /** How long a handler may take, in milliseconds. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Gives a handler `limitMs` to finish, or as long as its client waits, if that is less. After that the client is told so, and the origin's signal is
 * aborted, so that nothing is committed any more. What its client waits for no longer when it could begin is not begun. A client that goes away later aborts
 * nothing: what other services have done for it by then must not be left alone.
 */
export function withDeadline(handler: Handler, { limitMs, clock, logger }: DeadlineOptions): Handler {
  return async (request, reply) => {
    const { origin } = request;
    const what = `${request.method} ${pathOf(request.url)}`;
    if (request.raw.socket.destroyed) return goneBefore(reply);
    const leftMs = remainingMs(origin, clock, limitMs);
    if (leftMs <= 0) throw new DeadlineExceededError(what);
    const deadline = new AbortController();
    request.origin = {
      ...origin,
      signal: deadline.signal,
      deadline: clock.now() + leftMs,
      fallbacks: new Set(),
      called: new Set(),
    };
    const timer = setTimeout(() => {
      const error = new RequestTimeoutError(what, leftMs);
      deadline.abort(error);
      if (!reply.sent) reply.send(error);
    }, leftMs);
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

/** There is nobody to answer: neither an answer nor a line in the log for each of many who went away at once. */
function goneBefore(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.destroy();
  return reply;
}
