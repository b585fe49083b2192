import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { FALLBACK_HEADER } from '../fallback-header.js';
import { REPLAYED_HEADER } from '../idempotency/kept-answer.js';
import { CORRELATION_HEADER } from '../request-origin.js';

/** Which pages of other origins may use the API from a browser. */
export interface CorsSettings {
  /** `*`: any. */
  readonly origins: '*' | readonly string[];
  /** Lets browsers send cookies and credentials; not possible with any origin. */
  readonly credentials?: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What scripts of other origins may read beside the body. */
const EXPOSED = ['Location', 'ETag', 'Retry-After', CORRELATION_HEADER, REPLAYED_HEADER, FALLBACK_HEADER];
/** How long browsers remember a preflight, in seconds. */
const MAX_AGE = 3600;

/** Answers preflights, and lets browsers hand answers to pages of the allowed origins. */
export function allowOrigins(fastify: FastifyInstance, { origins, credentials = false }: CorsSettings): void {
  const options = {
    origin: origins === '*' ? '*' : [...origins],
    credentials,
    methods: METHODS,
    exposedHeaders: EXPOSED,
    maxAge: MAX_AGE,
  };
  fastify.register(cors, {
    // an OPTIONS that is no preflight is a request like any other
    delegator: (request, done) =>
      done(null, { ...options, preflight: request.headers['access-control-request-method'] !== undefined }),
  });
}
