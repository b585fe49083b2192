import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { MalformedBodyError } from '../kernel/errors/request-errors.js';
import { parseJson } from '../kernel/exact-json.js';
import { messageOf } from '../kernel/errors/skanu-error.js';
import { MAX_DEPTH, isTooDeep } from './nesting.js';

/**
 * Reads bodies as JSON where the route takes them, whatever `+json` type they have (the route has checked that), and drops
 * them where it does not.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.consumes === undefined) return done(null, undefined);
    try {
      // parseAs says so
      done(null, parsedJson(body as Buffer));
    } catch (error) {
      // it throws nothing else
      done(error as MalformedBodyError, undefined);
    }
  });
}

/** @throws MalformedBodyError */
export function parsedJson(body: Buffer): unknown {
  if (body.length === 0) throw new MalformedBodyError('it is empty');
  if (!isUtf8(body)) throw new MalformedBodyError('it is not UTF-8');
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    // the rest of the parser's message repeats what was sent
    const place = /at position \d+( \(line \d+ column \d+\))?/.exec(messageOf(error));
    throw new MalformedBodyError(place ? `there is an error ${place[0]}` : 'it has a syntax error', error);
  }
  if (text.length > 2 * MAX_DEPTH && isTooDeep(value))
    throw new MalformedBodyError(`it is nested deeper than ${MAX_DEPTH}`);
  return value;
}
