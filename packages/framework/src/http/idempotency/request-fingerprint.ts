import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { essenceOf } from '../media-type.js';

/**
 * Says whether two requests ask for the same change: method, path with query, precondition, type of the body, and what the body says (not
 * how it is indented). Not `Accept`: who repeats a request gets the first answer, whatever it looks like.
 */
export function fingerprintOf({ method, url, headers, body }: FastifyRequest): string {
  const contentType = headers['content-type'];
  const meaning = [
    method,
    url,
    headers['if-match'] ?? null,
    headers['if-none-match'] ?? null,
    // of a body that is not read, the type means nothing either
    body === undefined || contentType === undefined ? null : essenceOf(contentType),
    body ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest('base64url');
}
