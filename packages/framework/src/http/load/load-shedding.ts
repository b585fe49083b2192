import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../kernel/clock.js';
import { OverloadedError } from '../../kernel/errors/request-errors.js';
import type { Logger } from '../../kernel/logger.js';
import { isOperation } from '../fastify-words.js';
import type { RequestSlots } from './request-slots.js';

export interface LoadSheddingOptions {
  /** Of the service. */
  readonly name: string;
  readonly slots: RequestSlots;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told of each request that is refused. */
  readonly observeShed: () => void;
}

/** So often at the most the log says that requests are refused: each line more would be more load. */
const SAY_EVERY_MS = 10_000;

/**
 * Refuses requests beyond what may be under way at once. Never those of the actuator. When there is no room it refuses before a body is read; a slot is taken when
 * the body is there, so that clients who send half of one hold none.
 */
export function shedLoad(fastify: FastifyInstance, options: LoadSheddingOptions): void {
  const { name, slots, logger, clock, observeShed } = options;
  let refused = 0;
  let quietUntil = 0;

  function refuse(): OverloadedError {
    refused++;
    observeShed();
    if (clock.now() >= quietUntil) {
      logger.warn(
        { refused, limit: slots.limit },
        'more requests than may be under way at once, refusing some',
      );
      refused = 0;
      quietUntil = clock.now() + SAY_EVERY_MS;
    }
    return new OverloadedError(name, slots.limit);
  }

  fastify.decorateRequest('slot');
  fastify.addHook('onRequest', ({ url }, _reply, done) => {
    done(slots.isFull && !isOperation(url) ? refuse() : undefined);
  });
  fastify.addHook('preHandler', (request, reply, done) => {
    // of a connection that is gone nothing would tell any more
    if (isOperation(request.url) || request.raw.socket.destroyed) return done();
    const slot = slots.take();
    if (!slot) return done(refuse());
    request.slot = slot;
    reply.raw.once('close', () => slot.closed());
    done();
  });
  // where nobody is connected (requests of tests) nothing closes
  fastify.addHook('onResponse', ({ slot }, _reply, done) => {
    slot?.closed();
    done();
  });
}
