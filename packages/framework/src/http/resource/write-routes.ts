import { inject } from '../../model/ambient.js';
import { create } from '../../model/entity.js';
import { repositoryOf } from '../../model/repository.js';
import { NO_CONTENT, sendAnswer } from '../answer.js';
import type { IdempotentWrites } from '../idempotency/idempotent-writes.js';
import type { Routes } from '../routes.js';
import { changeAnswer } from './answers.js';
import { type Work, change } from './change.js';
import { ItemInput } from './item-input.js';
import { ItemPatch } from './item-patch.js';
import { ITEM_BODIES, PATCH_BODIES } from './media-types.js';
import type { Resource } from './resource.js';

/** `POST /orders`, and `PUT`, `PATCH` and `DELETE /orders/{id}`. */
export function addWriteRoutes(routes: Routes, resource: Resource, writes: IdempotentWrites): void {
  const { entityClass, table } = resource.collection;
  const repository = repositoryOf(entityClass);
  const input = new ItemInput(resource);
  const patch = new ItemPatch(resource, input);
  const itemPath = `${resource.path}/{id}`;

  routes.add({
    method: 'POST',
    path: resource.path,
    consumes: ITEM_BODIES,
    async handler(request, reply) {
      const { created } = changeAnswer(resource, request);
      const answer = await writes.carryOut(request, {
        work() {
          const added = create(entityClass, input.whole(request.body));
          inject(repository).add(added);
          return added;
        },
        answer: (added) => created(resource.stored(added)),
        made: ({ id }) => ({ table: table.name, id }),
      });
      return sendAnswer(reply, answer);
    },
  });

  routes.add({
    method: 'PUT',
    path: itemPath,
    consumes: ITEM_BODIES,
    async handler(request, reply) {
      const { changed } = changeAnswer(resource, request);
      const answer = await change(writes, resource, request, changed, (entity) => {
        Object.assign(entity, input.changed(request.body, resource.stored(entity).fields));
      });
      return sendAnswer(reply, answer);
    },
  });

  routes.add({
    method: 'PATCH',
    path: itemPath,
    consumes: PATCH_BODIES,
    async handler(request, reply) {
      const { changed } = changeAnswer(resource, request);
      const answer = await change(writes, resource, request, changed, (entity) => {
        const stored = resource.stored(entity);
        Object.assign(entity, patch.apply(stored, request.headers['content-type'], request.body));
      });
      return sendAnswer(reply, answer);
    },
  });

  routes.add({
    method: 'DELETE',
    path: itemPath,
    async handler(request, reply) {
      const gone = () => NO_CONTENT;
      const remove: Work = (entity, orders) => orders.remove(entity);
      return sendAnswer(reply, await change(writes, resource, request, gone, remove));
    },
  });
}
