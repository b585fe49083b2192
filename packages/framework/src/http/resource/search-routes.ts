import { baseUrlOf } from '../base-url.js';
import type { Routes } from '../routes.js';
import { negotiated, sendJson } from './answers.js';
import { Finder } from './finder.js';
import { pageAnswer } from './page-answer.js';
import { PageReader } from './page-request.js';
import type { Resource } from './resource.js';

/** `GET /orders/search` and one route for each finder. A collection without finders has neither. */
export function addSearchRoutes(routes: Routes, resource: Resource): void {
  const finders = resource.finders.map((name) => new Finder(resource, name));
  if (finders.length === 0) return;
  const path = `${resource.path}/search`;

  routes.add({
    method: 'GET',
    path,
    handler(request, reply) {
      const mediaType = negotiated(request, resource.negotiate);
      const base = baseUrlOf(request);
      const links = finders.map((finder) => {
        const parameters = [...finder.parameters, 'page', 'size', 'sort'].join(',');
        return [finder.name, { href: `${base}${finder.path}{?${parameters}}`, templated: true }] as const;
      });
      return sendJson(reply, mediaType, {
        _links: { ...Object.fromEntries(links), self: { href: `${base}${path}` } },
      });
    },
  });

  const pages = new PageReader(resource);
  for (const finder of finders) addFinderRoute(routes, resource, finder, pages);
}

function addFinderRoute(routes: Routes, resource: Resource, finder: Finder, pages: PageReader): void {
  routes.add({
    method: 'GET',
    path: finder.path,
    async handler(request, reply) {
      const mediaType = negotiated(request, resource.negotiate);
      const { query } = request;
      const criteria = finder.criteria(query);
      const asked = pages.read(query);
      const page = await resource.collection.page(criteria, asked.page, asked.size, asked.sort);
      const place = { base: baseUrlOf(request), path: finder.path, query: finder.queryOf(query), asked };
      return sendJson(reply, mediaType, pageAnswer(resource, page, place));
    },
  });
}
