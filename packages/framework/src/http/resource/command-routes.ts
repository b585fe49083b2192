import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import { coerced } from '../../model/coercion.js';
import type { CommandNote } from '../../model/command.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../../model/field-errors.js';
import { sendAnswer } from '../answer.js';
import type { IdempotentWrites } from '../idempotency/idempotent-writes.js';
import type { Routes } from '../routes.js';
import { changeAnswer } from './answers.js';
import { change } from './change.js';
import { JSON_TYPE } from './media-types.js';
import type { DeclaredResource, Resource } from './resource.js';

/** The behaviours that `@Command` makes reachable: `PUT /orders/{id}/cancel`. The answer is the aggregate. */
export function addCommandRoutes(routes: Routes, resource: Resource, writes: IdempotentWrites): void {
  for (const command of resource.collection.commands) {
    routes.add({
      method: command.httpMethod,
      path: commandPath(resource, command),
      ...(command.body && { consumes: [JSON_TYPE] }),
      async handler(request, reply) {
        const { changed } = changeAnswer(resource, request);
        const answer = await change(writes, resource, request, changed, async (entity) => {
          // the decorator stands on methods only
          const behaviour = Reflect.get(entity, command.method) as (...args: unknown[]) => unknown;
          await behaviour.apply(entity, argumentsOf(command, request.body));
        });
        return sendAnswer(reply, answer);
      },
    });
  }
}

/** `/orders/{id}/cancel` */
export function commandPath(resource: DeclaredResource, command: CommandNote): string {
  return `${resource.path}/{id}/${command.path.replace(/^\/+/, '')}`;
}

/** @throws InvalidInputError */
function argumentsOf({ body: schema, path }: CommandNote, body: unknown): unknown[] {
  if (!schema) return [];
  const parsed = schema.safeParse(coerced(schema, body), IN_PLAIN_WORDS);
  if (!parsed.success) throw new InvalidInputError(`the body of ${path}`, fieldErrors(parsed.error));
  return [parsed.data];
}
