import type { FastifyReply, FastifyRequest } from 'fastify';
import { SkanuError, messageOf } from '../kernel/errors/skanu-error.js';
import type { Logger } from '../kernel/logger.js';
import { translated } from './fastify-faults.js';
import { pathOf } from './fastify-words.js';
import { PROBLEM_JSON, problemOf } from './problem.js';

/** Errors that say all there is to say: where they were thrown is no news. */
const NEIGHBOUR_AWAY = new Set([
  'NOT_READY',
  'REMOTE_REFUSED',
  'REMOTE_TIMEOUT',
  'REMOTE_UNREACHABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNREACHABLE',
]);

/** Refusals of what was not begun, as many as requests come: metrics count them, and the circuit says itself when it opens. */
const NOT_BEGUN = new Set(['DEADLINE_EXCEEDED', 'OVERLOADED', 'REMOTE_BULKHEAD_FULL', 'REMOTE_CIRCUIT_OPEN']);

const asIs = (text: string) => text;

/** Answers a request with the problem that an error is. What the client must not see is in the log, with the trace id. */
export class ErrorAnswer {
  constructor(
    private readonly logger: Logger,
    private readonly bodyLimitBytes: number,
  ) {}

  send(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = translated(thrown, this.bodyLimitBytes);
    const { traceId } = request.origin.trace;
    const { problem, retryAfter } = problemOf(error, { instance: pathOf(request.url), traceId });
    this.#log(error, problem.status, request);
    // Fastify closes the connection after a body that it did not read; the client, still sending, would then not see the answer
    reply.removeHeader('connection');
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    reply.code(problem.status).type(PROBLEM_JSON).serializer(asIs).send(JSON.stringify(problem));
  }

  #log(error: unknown, status: number, { method, template, origin }: FastifyRequest): void {
    const fields = { traceId: origin.trace.traceId, correlationId: origin.correlationId, err: error };
    const message = `${method} ${template} is answered with ${status}`;
    if (status === 500) this.logger.error(fields, message);
    else if (error instanceof SkanuError && NOT_BEGUN.has(error.code)) this.logger.debug(fields, message);
    else if (error instanceof SkanuError && NEIGHBOUR_AWAY.has(error.code)) {
      // expected while somebody is away, and as often as requests come: one line, without the stack
      const { err: _, ...place } = fields;
      this.logger.warn(
        { ...place, code: error.code, reason: error.message, cause: messageOf(error.cause) },
        message,
      );
    } else if (status > 500) this.logger.warn(fields, message);
    else this.logger.debug(fields, message);
  }
}
