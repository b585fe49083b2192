import type { CallIntents } from '../../store/call-intents.js';
import { baseUrlOf } from '../base-url.js';
import { checkedKey } from '../idempotency/idempotency-key.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import type { Routes } from '../routes.js';

const ROOT = '/actuator/undos';
const MAX_SHOWN = 100;

/**
 * Shows the calls of other services that wait to be undone, and why they are not:
 *
 * | | |
 * |---|---|
 * | `GET /actuator/undos` | the 100 that wait longest: operation, key, attempts, the last reason |
 * | `DELETE /actuator/undos/{key}` | a person has seen to it: it is not tried any more. 204 |
 */
export function addUndoListRoutes(routes: Routes, intents: Pick<CallIntents, 'abandoned' | 'undone'>): void {
  routes.add({
    method: 'GET',
    path: ROOT,
    async handler(request, reply) {
      const root = `${baseUrlOf(request)}${ROOT}`;
      const undos = (await intents.abandoned(MAX_SHOWN)).map(({ id, begunAt, ...call }) => ({
        key: id,
        ...call,
        begunAt: new Date(begunAt).toISOString(),
        _links: { self: { href: `${root}/${encodeURIComponent(id)}` } },
      }));
      return sendJson(reply, JSON_TYPE, { undos, _links: { self: { href: root } } });
    },
  });
  routes.add({
    method: 'DELETE',
    path: `${ROOT}/{key}`,
    async handler(request, reply) {
      await intents.undone(checkedKey(request.params['key']!));
      return reply.code(204).send();
    },
  });
}
