import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * A handler whose request keeps its slot while it runs, even when its client goes away. Not beyond the time limit of the request: nothing can be
 * committed then, and a handler that never ends must not keep it for ever.
 */
export function counted<Q extends FastifyRequest>(
  handler: (request: Q, reply: FastifyReply) => unknown,
): (request: Q, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const ended = request.slot?.working();
    if (!ended) return handler(request, reply);
    const { origin } = request;
    const end = (hasFailed: boolean) => ended({ hasFailed, hasCalled: (origin.called?.size ?? 0) > 0 });
    origin.signal?.addEventListener('abort', () => end(true), { once: true });
    let hasFailed = true;
    try {
      const answer: unknown = await handler(request, reply);
      hasFailed = reply.statusCode >= 500;
      return answer;
    } finally {
      end(hasFailed);
    }
  };
}
