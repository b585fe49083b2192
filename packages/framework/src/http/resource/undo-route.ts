import { undoOf } from '../../model/undo.js';
import { AGE_HEADER } from '../../runtime/remote/undo-request.js';
import type { RoutedRequest } from '../fastify-words.js';
import { NO_CONTENT, sendAnswer } from '../answer.js';
import { checkedKey } from '../idempotency/idempotency-key.js';
import type { Withdrawals } from '../idempotency/withdrawals.js';
import type { Routes } from '../routes.js';
import type { DeclaredResource, Resource } from './resource.js';

/** `DELETE /payments/requests/{key}`: takes back the `POST` that was made with that `Idempotency-Key`. Where the aggregate has an `@Undo`. */
export function addUndoRoute(routes: Routes, resource: Resource, withdrawals: Withdrawals): void {
  const { collection } = resource;
  const undo = undoOf(collection.entityClass);
  if (undo === undefined) return;
  routes.add({
    method: 'DELETE',
    path: undoPath(resource),
    async handler(request, reply) {
      const key = checkedKey(request.params['key']!);
      await withdrawals.takeBack(key, ageOf(request), collection, undo, request.origin);
      return sendAnswer(reply, NO_CONTENT);
    },
  });
}

/** In milliseconds. A client that does not say so has made it just now. */
function ageOf({ headers }: RoutedRequest): number {
  const seconds = headers[AGE_HEADER];
  return typeof seconds === 'string' && /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1000 : 0;
}

/** `/payments/requests/{key}` */
export function undoPath(resource: DeclaredResource): string {
  return `${resource.path}/requests/{key}`;
}
