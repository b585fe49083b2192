import { z } from 'zod';
import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import { coerced } from '../../model/coercion.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../../model/field-errors.js';
import { NO_CONTENT, sendAnswer } from '../answer.js';
import type { Drills } from '../drills/drills.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import type { Routes } from '../routes.js';

const milliseconds = z.number().int().min(0).max(600_000);

const slowBody = z.object({
  ms: milliseconds,
  jitterMs: milliseconds.default(0),
  path: z.string().startsWith('/').optional(),
});

/**
 * `GET /actuator/echo`, `PUT /actuator/down` and `up`, `GET`, `PUT` and `DELETE /actuator/slow`. A service has them only where its settings
 * allow drills.
 */
export function addDrillRoutes(routes: Routes, drills: Drills): void {
  routes.add({
    method: 'GET',
    path: '/actuator/echo',
    handler: (_, reply) => sendJson(reply, JSON_TYPE, drills.identity),
  });
  for (const [word, isDown] of [
    ['down', true],
    ['up', false],
  ] as const) {
    routes.add({
      method: 'PUT',
      path: `/actuator/${word}`,
      handler(_, reply) {
        drills.isDown = isDown;
        return sendAnswer(reply, NO_CONTENT);
      },
    });
  }
  routes.add({
    method: 'GET',
    path: '/actuator/slow',
    handler: (_, reply) => sendJson(reply, JSON_TYPE, drills.slowness ?? { ms: 0, jitterMs: 0 }),
  });
  routes.add({
    method: 'PUT',
    path: '/actuator/slow',
    consumes: [JSON_TYPE],
    handler(request, reply) {
      // HTTPie sends numbers as text
      const parsed = slowBody.safeParse(coerced(slowBody, request.body), IN_PLAIN_WORDS);
      if (!parsed.success) throw new InvalidInputError('the slowness', fieldErrors(parsed.error));
      drills.slowness = parsed.data;
      return sendAnswer(reply, NO_CONTENT);
    },
  });
  routes.add({
    method: 'DELETE',
    path: '/actuator/slow',
    handler(_, reply) {
      drills.slowness = undefined;
      return sendAnswer(reply, NO_CONTENT);
    },
  });
}
