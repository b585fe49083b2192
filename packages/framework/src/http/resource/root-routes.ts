import { baseUrlOf } from '../base-url.js';
import { negotiator } from '../media-type.js';
import type { Routes } from '../routes.js';
import { negotiated, sendJson } from './answers.js';
import { HAL_JSON, JSON_TYPE } from './media-types.js';
import type { Resource } from './resource.js';

const negotiate = negotiator([HAL_JSON, JSON_TYPE]);

/** `GET /`: where everything begins. */
export function addRootRoute(routes: Routes, resources: readonly Resource[]): void {
  routes.add({
    method: 'GET',
    path: '/',
    handler(request, reply) {
      const mediaType = negotiated(request, negotiate);
      const base = baseUrlOf(request);
      const links = resources.map(({ collection, path }) => {
        return [collection.name, { href: `${base}${path}{?page,size,sort}`, templated: true }] as const;
      });
      return sendJson(reply, mediaType, {
        _links: { ...Object.fromEntries(links), profile: { href: `${base}/profile` } },
      });
    },
  });
}
