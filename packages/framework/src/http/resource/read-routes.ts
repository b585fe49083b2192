import type { FastifyReply } from 'fastify';
import { NotFoundError } from '../../kernel/errors/model-errors.js';
import { baseUrlOf } from '../base-url.js';
import type { RoutedRequest } from '../fastify-words.js';
import type { Routes } from '../routes.js';
import { negotiated, sendJson } from './answers.js';
import { entityTagOf, isKnown } from './entity-tag.js';
import { pageAnswer } from './page-answer.js';
import { PageReader } from './page-request.js';
import type { Resource } from './resource.js';

/** `GET /orders` and `GET /orders/{id}`, of aggregates and views alike. Reads what is committed, without a unit of work. */
export function addReadRoutes(routes: Routes, resource: Resource): void {
  const { collection } = resource;
  const pages = new PageReader(resource);

  routes.add({
    method: 'GET',
    path: resource.path,
    async handler(request, reply) {
      const mediaType = negotiated(request, resource.negotiate);
      const asked = pages.read(request.query);
      const page = await collection.page({}, asked.page, asked.size, asked.sort);
      const place = { base: baseUrlOf(request), path: resource.path, asked };
      return sendJson(reply, mediaType, pageAnswer(resource, page, place));
    },
  });

  routes.add({
    method: 'GET',
    path: `${resource.path}/{id}`,
    handler: (request, reply) => item(resource, request, reply),
  });
}

async function item(resource: Resource, request: RoutedRequest, reply: FastifyReply): Promise<FastifyReply> {
  const mediaType = negotiated(request, resource.negotiate);
  const id = idOf(resource, request);
  const stored = await resource.collection.read(id);
  if (!stored) throw new NotFoundError(resource.itemName, id);
  const tag = entityTagOf(stored.version);
  // the representation depends on both
  reply.header('etag', tag).header('vary', 'accept');
  if (isKnown(request.headers['if-none-match'], tag)) return reply.code(304).send();
  return sendJson(reply, mediaType, resource.item(baseUrlOf(request), stored));
}

/** The id in the path. @throws NotFoundError for one that no row can have */
export function idOf(resource: Resource, request: RoutedRequest): number {
  const text = request.params['id']!;
  const id = Number(text);
  if (!Number.isSafeInteger(id)) throw new NotFoundError(resource.itemName, text);
  return id;
}
