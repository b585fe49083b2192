import { PreconditionFailedError } from '../../kernel/errors/request-errors.js';
import { VersionConflictError } from '../../kernel/errors/store-errors.js';
import { inject } from '../../model/ambient.js';
import type { Entity } from '../../model/entity.js';
import { type Repository, repositoryOf } from '../../model/repository.js';
import type { StoredEntity } from '../../runtime/collection.js';
import type { Answer } from '../answer.js';
import type { RoutedRequest } from '../fastify-words.js';
import type { IdempotentWrites } from '../idempotency/idempotent-writes.js';
import { assertPreconditions, entityTagOf } from './entity-tag.js';
import { idOf } from './read-routes.js';
import type { Resource } from './resource.js';

/** What is done to one aggregate. */
export type Work = (entity: Entity<object>, repository: Repository<Entity<object>>) => void | Promise<void>;

/**
 * Changes the aggregate that the path names, in a unit of work of its own, if it is still as the client knows it
 * (`If-Match`).
 * @param answer made of it as it is afterwards; undefined when it was removed
 * @throws NotFoundError, PreconditionFailedError, and all that the work and its hooks throw
 */
export async function change(
  writes: IdempotentWrites,
  resource: Resource,
  request: RoutedRequest,
  answer: (changed: StoredEntity | undefined) => Answer,
  work: Work,
): Promise<Answer> {
  const id = idOf(resource, request);
  const preconditions = {
    ifMatch: request.headers['if-match'],
    ifNoneMatch: request.headers['if-none-match'],
  };
  try {
    return await writes.carryOut(request, {
      async work() {
        const repository = inject(repositoryOf(resource.collection.entityClass));
        const found = await repository.get(id);
        assertPreconditions(preconditions, `${resource.itemName} ${id}`, found.version);
        await work(found, repository);
        return repository.find(id);
      },
      answer: (entity) => answer(entity && resource.stored(entity)),
    });
  } catch (error) {
    throw await asPrecondition(error, resource, id, preconditions.ifMatch);
  }
}

/** Another one was faster, between our reading and our commit: to a client with `If-Match` that is a failed precondition. */
async function asPrecondition(
  error: unknown,
  resource: Resource,
  id: number,
  ifMatch: string | undefined,
): Promise<unknown> {
  if (!(error instanceof VersionConflictError) || ifMatch === undefined) return error;
  const now = await resource.collection.read(id);
  return new PreconditionFailedError(
    `${resource.itemName} ${id}`,
    now ? entityTagOf(now.version) : 'of nothing',
  );
}
