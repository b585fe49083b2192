import type { DeclaredResource } from '../resource/resource.js';
import { collectionPaths } from './collection-paths.js';
import { apiComponents } from './components.js';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
}

/** The whole API of a service as OpenAPI 3.1, from its schemas. */
export function openApiOf(resources: readonly DeclaredResource[], info: ApiInfo): object {
  return {
    openapi: '3.1.0',
    info,
    tags: resources.map(({ collection }) => ({ name: collection.name })),
    paths: Object.fromEntries(resources.flatMap((resource) => Object.entries(collectionPaths(resource)))),
    components: apiComponents(resources),
  };
}
