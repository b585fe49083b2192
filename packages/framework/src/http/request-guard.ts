import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  MethodNotAllowedError,
  NoSuchPathError,
  UnsupportedMediaTypeError,
} from '../kernel/errors/request-errors.js';
import { pathOf } from './fastify-words.js';
import { essenceOf } from './media-type.js';
import type { KnownPath, RouteTable } from './route-table.js';

/**
 * Turns away what no route can answer, before its body is read. True: it has been answered (`OPTIONS`).
 * @throws NoSuchPathError, MethodNotAllowedError, UnsupportedMediaTypeError
 */
export function guard(table: RouteTable, request: FastifyRequest, reply: FastifyReply): boolean {
  if (request.is404) return answerWithoutRoute(table, request, reply);
  const { consumes } = request.routeOptions.config;
  if (consumes && hasBody(request)) assertUnderstood(consumes, request, reply);
  return false;
}

/**
 * Answers what no route takes: `OPTIONS` of a path that exists.
 * @throws NoSuchPathError, MethodNotAllowedError
 */
export function answerWithoutRoute(table: RouteTable, request: FastifyRequest, reply: FastifyReply): boolean {
  const path = pathOf(request.url);
  const known = table.find(path);
  if (!known) throw new NoSuchPathError(path);
  request.template = known.template;
  const allow = [...known.methods].toSorted();
  reply.header('allow', allow.join(', '));
  if (request.method !== 'OPTIONS') throw new MethodNotAllowedError(request.method, path, allow);
  reply.headers(acceptedBodies(known)).code(200).send();
  return true;
}

function acceptedBodies({ consumes }: KnownPath): Record<string, string> {
  const post = consumes.get('POST');
  const patch = consumes.get('PATCH');
  return {
    ...(post && { 'accept-post': post.join(', ') }),
    ...(patch && { 'accept-patch': patch.join(', ') }),
  };
}

function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function assertUnderstood(consumes: readonly string[], request: FastifyRequest, reply: FastifyReply): void {
  const contentType = request.headers['content-type'];
  if (contentType !== undefined && consumes.includes(essenceOf(contentType))) return;
  if (request.method === 'POST') reply.header('accept-post', consumes.join(', '));
  if (request.method === 'PATCH') reply.header('accept-patch', consumes.join(', '));
  throw new UnsupportedMediaTypeError(contentType, consumes);
}
