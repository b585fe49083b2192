import { SkanuError, messageOf } from '../../kernel/errors/skanu-error.js';
import { baseUrlOf } from '../base-url.js';
import type { RoutedRequest } from '../fastify-words.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import type { Routes } from '../routes.js';
import type { RebuildableViews, ViewState } from './actuator-source.js';

const ROOT = '/actuator/views';
const ONE = `${ROOT}/{name}`;

/**
 * Shows read models and makes them anew:
 *
 * | | |
 * |---|---|
 * | `GET /actuator/views` | all of them, with their state |
 * | `GET /actuator/views/{name}` | one |
 * | `POST /actuator/views/{name}/rebuild` | begins a rebuild: 202, `Location` shows how far it is |
 * | `DELETE /actuator/views/{name}/old` | drops the table of the generation before |
 */
export function addViewRoutes(routes: Routes, views: RebuildableViews): void {
  routes.add({
    method: 'GET',
    path: ROOT,
    async handler(request, reply) {
      const base = baseUrlOf(request);
      const all = await views.all();
      return sendJson(reply, JSON_TYPE, {
        views: all.map((view) => viewOf(base, view)),
        _links: { self: { href: `${base}${ROOT}` } },
      });
    },
  });
  routes.add({
    method: 'GET',
    path: ONE,
    handler: async (request, reply) =>
      sendJson(reply, JSON_TYPE, viewOf(baseUrlOf(request), await views.one(nameIn(request)))),
  });
  routes.add({
    method: 'POST',
    path: `${ONE}/rebuild`,
    async handler(request, reply) {
      const name = nameIn(request);
      await views.begin(name);
      const base = baseUrlOf(request);
      reply.code(202).header('location', urlOf(base, name));
      return sendJson(reply, JSON_TYPE, viewOf(base, await views.one(name)));
    },
  });
  routes.add({
    method: 'DELETE',
    path: `${ONE}/old`,
    async handler(request, reply) {
      await views.dropOld(nameIn(request));
      return reply.code(204).send();
    },
  });
}

function viewOf(base: string, { name, generation, state, progress, failure, oldRows }: ViewState): object {
  const url = urlOf(base, name);
  return {
    name,
    generation,
    state,
    ...(progress && { progress }),
    ...(failure !== undefined && { failure: problemOf(failure) }),
    ...(oldRows !== undefined && { old: { rows: oldRows } }),
    _links: {
      self: { href: url },
      rebuild: { href: `${url}/rebuild` },
      ...(oldRows !== undefined && { old: { href: `${url}/old` } }),
    },
  };
}

function problemOf(failure: unknown): object {
  return { code: failure instanceof SkanuError ? failure.code : 'ERROR', message: messageOf(failure) };
}

function urlOf(base: string, name: string): string {
  return `${base}${ROOT}/${encodeURIComponent(name)}`;
}

function nameIn({ params }: RoutedRequest): string {
  return params['name']!;
}
