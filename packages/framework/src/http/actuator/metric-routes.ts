import { NotFoundError } from '../../kernel/errors/model-errors.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import type { Routes } from '../routes.js';
import type { MetricsSource } from './actuator-source.js';

/** `GET /actuator/prometheus` for scrapers; `/actuator/metrics` and `/actuator/metrics/{name}` for people. */
export function addMetricRoutes(routes: Routes, metrics: MetricsSource): void {
  routes.add({
    method: 'GET',
    path: '/actuator/prometheus',
    handler: async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  });
  routes.add({
    method: 'GET',
    path: '/actuator/metrics',
    handler: (_, reply) => sendJson(reply, JSON_TYPE, { names: metrics.names() }),
  });
  routes.add({
    method: 'GET',
    path: '/actuator/metrics/{name}',
    async handler(request, reply) {
      const { name } = request.params as { readonly name: string };
      const metric = await metrics.one(name);
      if (!metric) throw new NotFoundError('metric', name);
      return sendJson(reply, JSON_TYPE, metric);
    },
  });
}
