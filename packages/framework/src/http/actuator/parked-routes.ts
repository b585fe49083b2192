import type { FastifyReply } from 'fastify';
import { NotFoundError } from '../../kernel/errors/model-errors.js';
import type { ParkedRecord } from '../../store/parking-lot.js';
import { baseUrlOf } from '../base-url.js';
import type { Query, RoutedRequest } from '../fastify-words.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import { listed } from '../resource/page-request.js';
import type { Routes } from '../routes.js';
import type { ParkedRecords, RedriveTarget } from './actuator-source.js';
import { keyView, parkedPath, recordView } from './parked-view.js';

const ROOT = '/actuator/parked';
const KEY = `${ROOT}/{handler}/keys/{key}`;
/** A record of a key that is not parked alone is only reached through its key, so that its order is not overlooked. */
const RECORD_OF_KEY = `${KEY}/records/{position}`;
const RECORD = `${ROOT}/{handler}/records/{position}`;

type Place = RoutedRequest['params'];

/**
 * Lists, shows, redrives and drops parked records:
 *
 * | | |
 * |---|---|
 * | `GET /actuator/parked` | the parked keys |
 * | `POST /actuator/parked/redrive` | all of them |
 * | `GET /actuator/parked/{handler}/keys/{key}` | the records of a key, in order |
 * | `POST …/keys/{key}/redrive` | them, in order, until one fails |
 * | `GET`, `DELETE …/keys/{key}/records/{position}` | one record of a key |
 * | `GET`, `DELETE /actuator/parked/{handler}/records/{position}` | a record without a key |
 * | `POST …/records/{position}/redrive` | it |
 *
 * Lists are paged by `?after={position}&size=`; `_links.next` is there when there may be more.
 */
export function addParkedRoutes(routes: Routes, parked: ParkedRecords): void {
  routes.add({ method: 'GET', path: ROOT, handler: (request, reply) => listKeys(parked, request, reply) });
  routes.add({ method: 'GET', path: KEY, handler: (request, reply) => listRecords(parked, request, reply) });
  for (const path of [RECORD_OF_KEY, RECORD]) {
    routes.add({
      method: 'GET',
      path,
      handler: async (request, reply) =>
        sendJson(reply, JSON_TYPE, recordView(baseUrlOf(request), await recordAt(parked, request))),
    });
    routes.add({ method: 'DELETE', path, handler: (request, reply) => drop(parked, request, reply) });
  }
  const redrive = (path: string, targetOf: (place: Place) => RedriveTarget) =>
    routes.add({
      method: 'POST',
      path: `${path}/redrive`,
      handler: async (request, reply) =>
        sendJson(reply, JSON_TYPE, await parked.redrive(targetOf(request.params))),
    });
  redrive(ROOT, () => 'all');
  redrive(KEY, ({ handler, key }) => ({ handler: handler!, key: key! }));
  redrive(RECORD, ({ handler, position }) => ({ handler: handler!, position: Number(position) }));
}

async function listKeys(
  { lot }: ParkedRecords,
  request: RoutedRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { after, size } = windowOf(request);
  const [total, keys] = await Promise.all([lot.count(), lot.keys(after, size)]);
  const base = baseUrlOf(request);
  return sendJson(reply, JSON_TYPE, {
    total,
    keys: keys.map((key) => keyView(base, key)),
    _links: {
      ...linksOf(`${base}${ROOT}`, keys, size),
      redrive: { href: `${base}${ROOT}/redrive` },
    },
  });
}

async function listRecords(
  { lot }: ParkedRecords,
  request: RoutedRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const handler = request.params['handler']!;
  const key = request.params['key']!;
  const { after, size } = windowOf(request);
  const records = await lot.records(handler, key, after, size);
  if (records.length === 0 && after === 0) throw new NotFoundError('parked key', `${key} of ${handler}`);
  const base = baseUrlOf(request);
  const url = `${base}${parkedPath(handler, { key })}`;
  return sendJson(reply, JSON_TYPE, {
    handler,
    key,
    records: records.map((record) => recordView(base, record)),
    _links: { ...linksOf(url, records, size), redrive: { href: `${url}/redrive` } },
  });
}

async function drop(
  parked: ParkedRecords,
  request: RoutedRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { position, handler, eventId, key } = await recordAt(parked, request);
  const dropped = await parked.lot.drop(position, { handler, eventId, key });
  if (!dropped) throw new NotFoundError('parked record', position);
  return reply.code(204).send();
}

async function recordAt({ lot }: ParkedRecords, { params }: RoutedRequest): Promise<ParkedRecord> {
  const { key } = params;
  const handler = params['handler']!;
  const position = Number(params['position']);
  const record =
    key === undefined
      ? await lot.first(handler, null, position)
      : (await lot.records(handler, key, position - 1, 1)).find((one) => one.position === position);
  if (!record) throw new NotFoundError('parked record', position);
  return record;
}

function linksOf(url: string, shown: readonly { readonly position: number }[], size: number): object {
  const last = shown.at(-1);
  const more = last && shown.length === size;
  return {
    self: { href: url },
    ...(more && { next: { href: `${url}?after=${last.position}&size=${size}` } }),
  };
}

function windowOf({ query }: RoutedRequest): { readonly after: number; readonly size: number } {
  const { after, size } = query;
  return { after: wholeNumber(after, 0), size: Math.min(Math.max(wholeNumber(size, 100), 1), 1000) };
}

function wholeNumber(given: Query[string], otherwise: number): number {
  const [text = ''] = listed(given);
  return /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
}
