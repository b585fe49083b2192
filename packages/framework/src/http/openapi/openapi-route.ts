import { baseUrlOf } from '../base-url.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import type { DeclaredResource } from '../resource/resource.js';
import type { Routes } from '../routes.js';
import { type ApiInfo, openApiOf } from './openapi-document.js';

/** `GET /v3/api-docs`: the API as OpenAPI 3.1, made when it is first asked for. */
export function addOpenApiRoute(routes: Routes, resources: readonly DeclaredResource[], info: ApiInfo): void {
  let document: object | undefined;
  routes.add({
    method: 'GET',
    path: '/v3/api-docs',
    handler(request, reply) {
      document ??= openApiOf(resources, info);
      return sendJson(reply, JSON_TYPE, { ...document, servers: [{ url: baseUrlOf(request) }] });
    },
  });
}
