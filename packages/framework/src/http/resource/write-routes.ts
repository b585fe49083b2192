import { inject } from '../../model/ambient.js';
import { create } from '../../model/entity.js';
import { repositoryOf } from '../../model/repository.js';
import type { UnitsOfWork } from '../../runtime/units-of-work.js';
import type { Routes } from '../routes.js';
import { changeAnswer } from './answers.js';
import { change } from './change.js';
import { ItemInput } from './item-input.js';
import { ItemPatch } from './item-patch.js';
import { ITEM_BODIES, PATCH_BODIES } from './media-types.js';
import type { Resource } from './resource.js';

/** `POST /orders`, and `PUT`, `PATCH` and `DELETE /orders/{id}`. */
export function addWriteRoutes(routes: Routes, resource: Resource, units: UnitsOfWork): void {
  const { entityClass } = resource.collection;
  const repository = repositoryOf(entityClass);
  const input = new ItemInput(resource);
  const patch = new ItemPatch(resource, input);
  const itemPath = `${resource.path}/{id}`;

  routes.add({
    method: 'POST',
    path: resource.path,
    consumes: ITEM_BODIES,
    async handler(request, reply) {
      const answer = changeAnswer(resource, request, reply);
      const fields = input.whole(request.body);
      const entity = await units.run(request.origin, () => {
        const added = create(entityClass, fields);
        inject(repository).add(added);
        return added;
      });
      return answer.created(resource.stored(entity));
    },
  });

  routes.add({
    method: 'PUT',
    path: itemPath,
    consumes: ITEM_BODIES,
    async handler(request, reply) {
      const answer = changeAnswer(resource, request, reply);
      const changed = await change(units, resource, request, (entity) => {
        Object.assign(entity, input.changed(request.body, resource.stored(entity).fields));
      });
      return changed ? answer.changed(changed) : answer.gone();
    },
  });

  routes.add({
    method: 'PATCH',
    path: itemPath,
    consumes: PATCH_BODIES,
    async handler(request, reply) {
      const answer = changeAnswer(resource, request, reply);
      const changed = await change(units, resource, request, (entity) => {
        const stored = resource.stored(entity);
        Object.assign(entity, patch.apply(stored, request.headers['content-type'], request.body));
      });
      return changed ? answer.changed(changed) : answer.gone();
    },
  });

  routes.add({
    method: 'DELETE',
    path: itemPath,
    async handler(request, reply) {
      await change(units, resource, request, (entity, orders) => orders.remove(entity));
      return reply.code(204).send();
    },
  });
}
