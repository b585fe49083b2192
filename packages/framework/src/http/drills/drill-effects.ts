import type { FastifyInstance } from 'fastify';
import { NotReadyError } from '../../kernel/errors/request-errors.js';
import type { ActuatorSource, Health } from '../actuator/actuator-source.js';
import { isOperation, pathOf } from '../fastify-words.js';
import type { Handler } from '../request-deadline.js';
import type { Drills } from './drills.js';

/** Lets requests feel the drills that are on: all but those of the actuator. */
export function refuseWhileDown(fastify: FastifyInstance, name: string, drills: Drills): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (drills.isDown && !isOperation(request.url)) done(new NotReadyError(name, 'down, for a drill'));
    else done();
  });
}

/** A handler that is slow while the drill says so, if it is one of a write. */
export function slowed(handler: Handler, drills: Drills): Handler {
  return async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD' && !isOperation(request.url))
      await drills.delay(pathOf(request.url), request.origin.signal);
    return handler(request, reply);
  };
}

/** The health that a drill leaves: not ready while it is down, but alive, so that nobody restarts it. */
export function healthOf(source: ActuatorSource, drills: Drills): ActuatorSource {
  const unlessDown = (ask: () => Promise<Health>) => async (): Promise<Health> => {
    const health = await ask();
    if (!drills.isDown) return health;
    return { status: 'DOWN', components: { ...health.components, drill: { status: 'DOWN' } } };
  };
  return {
    ...source,
    health: unlessDown(() => source.health()),
    readiness: unlessDown(() => source.readiness()),
  };
}
