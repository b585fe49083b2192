import { baseUrlOf } from '../base-url.js';
import { negotiator } from '../media-type.js';
import { jsonSchemaOf } from '../../model/json-schema.js';
import { negotiated, sendJson } from '../resource/answers.js';
import { HAL_JSON, JSON_TYPE } from '../resource/media-types.js';
import type { Resource } from '../resource/resource.js';
import type { Routes } from '../routes.js';
import { alpsOf } from './alps.js';

const SCHEMA_JSON = 'application/schema+json';
const INDEX = [HAL_JSON, JSON_TYPE];
const PROFILES = ['application/alps+json', SCHEMA_JSON, JSON_TYPE];
const negotiateIndex = negotiator(INDEX);
const negotiateProfile = negotiator(PROFILES);

/** `GET /profile`, and for each collection `GET /profile/orders` as ALPS or JSON Schema. */
export function addProfileRoutes(routes: Routes, resources: readonly Resource[]): void {
  routes.add({
    method: 'GET',
    path: '/profile',
    handler(request, reply) {
      const mediaType = negotiated(request, negotiateIndex, INDEX);
      const url = `${baseUrlOf(request)}/profile`;
      const links = resources.map(
        ({ collection, path }) => [collection.name, { href: `${url}${path}` }] as const,
      );
      return sendJson(reply, mediaType, { _links: { self: { href: url }, ...Object.fromEntries(links) } });
    },
  });

  for (const resource of resources) {
    routes.add({
      method: 'GET',
      path: `/profile${resource.path}`,
      handler(request, reply) {
        const mediaType = negotiated(request, negotiateProfile, PROFILES);
        reply.header('vary', 'accept');
        const body = mediaType === SCHEMA_JSON ? schemaOf(resource) : alpsOf(resource, baseUrlOf(request));
        return sendJson(reply, mediaType, body);
      },
    });
  }
}

function schemaOf({ collection, itemName }: Resource): object {
  const schema = jsonSchemaOf(collection.entityClass.schema, 'input');
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: itemName, ...schema };
}
