import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../kernel/logger.js';
import { translated } from './fastify-faults.js';
import { pathOf } from './fastify-words.js';
import { PROBLEM_JSON, problemOf } from './problem.js';

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
    else if (status > 500) this.logger.warn(fields, message);
    else this.logger.debug(fields, message);
  }
}
