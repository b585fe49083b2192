import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotAcceptableError } from '../../kernel/errors/request-errors.js';
import type { StoredEntity } from '../../runtime/collection.js';
import { type Answer, NO_CONTENT } from '../answer.js';
import { baseUrlOf } from '../base-url.js';
import type { Negotiator } from '../media-type.js';
import { entityTagOf } from './entity-tag.js';
import { HAL_JSON, JSON_TYPE } from './media-types.js';
import type { Resource } from './resource.js';

// of an object it is never undefined
const toJson = JSON.stringify as (body: unknown) => string;

/** Sends a body as JSON of that media type. */
export function sendJson(reply: FastifyReply, mediaType: string, body: unknown): FastifyReply {
  // our own serializer also keeps Fastify from adding a charset, which these media types do not have
  return reply.type(mediaType).serializer(toJson).send(body);
}

/** @throws NotAcceptableError */
export function negotiated(
  request: FastifyRequest,
  negotiate: Negotiator,
  offered: readonly string[] = [HAL_JSON, JSON_TYPE],
): string {
  const { accept } = request.headers;
  const mediaType = negotiate(accept);
  if (mediaType === undefined) throw new NotAcceptableError(accept ?? '', offered);
  return mediaType;
}

/**
 * How a change is answered: with the aggregate for clients that send `Accept`, else without a body. Ask before the change,
 * so that one whose answer the client could not read is not made.
 * @throws NotAcceptableError
 */
export function changeAnswer(resource: Resource, request: FastifyRequest) {
  const mediaType =
    request.headers.accept === undefined ? undefined : negotiated(request, resource.negotiate);
  const base = baseUrlOf(request);
  const answer = (status: number, entity: StoredEntity, more: Answer['headers'] = {}): Answer => {
    const headers = { ...more, etag: entityTagOf(entity.version) };
    if (mediaType === undefined) return { status, headers };
    const body = toJson(resource.item(base, entity));
    return { status, headers: { ...headers, 'content-type': mediaType }, body };
  };
  return {
    created: (entity: StoredEntity): Answer =>
      answer(201, entity, { location: resource.itemUrl(base, entity.id) }),
    /** Undefined: the change has removed it. */
    changed: (entity: StoredEntity | undefined): Answer =>
      entity ? answer(mediaType === undefined ? 204 : 200, entity) : NO_CONTENT,
  };
}
