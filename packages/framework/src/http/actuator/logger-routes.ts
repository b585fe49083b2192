import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '../../kernel/errors/model-errors.js';
import { fieldErrors } from '../../model/field-errors.js';
import type { RoutedRequest } from '../fastify-words.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import type { Routes } from '../routes.js';
import { LOG_LEVELS, type LoggerLevels, type LoggerState } from './actuator-source.js';

/** Spring's own tools send the first. */
const LEVEL_BODIES = [
  JSON_TYPE,
  'application/vnd.spring-boot.actuator.v3+json',
  'application/vnd.spring-boot.actuator.v2+json',
];

const levelBody = z.object({
  configuredLevel: z
    .preprocess((level) => (typeof level === 'string' ? level.toUpperCase() : level), z.enum(LOG_LEVELS))
    .nullish(),
});

/** `GET /actuator/loggers`, `GET` and `POST /actuator/loggers/{name}`. */
export function addLoggerRoutes(routes: Routes, loggers: LoggerLevels): void {
  routes.add({
    method: 'GET',
    path: '/actuator/loggers',
    handler: (_, reply) => sendJson(reply, JSON_TYPE, { levels: LOG_LEVELS, loggers: loggers.all() }),
  });
  routes.add({
    method: 'GET',
    path: '/actuator/loggers/{name}',
    handler: (request, reply) => sendJson(reply, JSON_TYPE, stateOf(loggers, nameIn(request.params))),
  });
  routes.add({
    method: 'POST',
    path: '/actuator/loggers/{name}',
    consumes: LEVEL_BODIES,
    handler(request, reply) {
      const name = nameIn(request.params);
      stateOf(loggers, name);
      const parsed = levelBody.safeParse(request.body ?? {});
      if (!parsed.success) throw new InvalidInputError('the level', fieldErrors(parsed.error));
      loggers.set(name, parsed.data.configuredLevel ?? undefined);
      return reply.code(204).send();
    },
  });
}

function nameIn(params: RoutedRequest['params']): string {
  return params['name']!;
}

function stateOf(loggers: LoggerLevels, name: string): LoggerState {
  const all = loggers.all();
  if (!Object.hasOwn(all, name)) throw new NotFoundError('logger', name);
  return all[name]!;
}
