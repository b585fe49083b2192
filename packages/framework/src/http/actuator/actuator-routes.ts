import type { FastifyReply } from 'fastify';
import { baseUrlOf } from '../base-url.js';
import { JSON_TYPE } from '../resource/media-types.js';
import { sendJson } from '../resource/answers.js';
import type { Routes } from '../routes.js';
import type { ActuatorSource, Health } from './actuator-source.js';
import { addCircuitRoutes } from './circuit-routes.js';
import { addLoggerRoutes } from './logger-routes.js';
import { addMetricRoutes } from './metric-routes.js';
import { addParkedRoutes } from './parked-routes.js';
import { addUndoListRoutes } from './undo-list-routes.js';
import { addViewRoutes } from './view-routes.js';

/** Everything under `/actuator`. It answers in every phase of the service. */
export function addActuatorRoutes(routes: Routes, source: ActuatorSource): void {
  const { metrics, loggers, outbox, parked, undos, views, clients } = source;
  addIndexRoute(routes, source);
  addHealthRoutes(routes, source);
  routes.add({
    method: 'GET',
    path: '/actuator/info',
    handler: (_, reply) => sendJson(reply, JSON_TYPE, source.info()),
  });
  if (metrics) addMetricRoutes(routes, metrics);
  if (outbox) {
    routes.add({
      method: 'GET',
      path: '/actuator/outbox',
      handler: async (_, reply) => sendJson(reply, JSON_TYPE, await outbox()),
    });
  }
  if (loggers) addLoggerRoutes(routes, loggers);
  if (parked) addParkedRoutes(routes, parked);
  if (undos) addUndoListRoutes(routes, undos);
  if (views) addViewRoutes(routes, views);
  if (clients) addCircuitRoutes(routes, clients);
}

function addIndexRoute(routes: Routes, source: ActuatorSource): void {
  const { metrics, loggers, outbox, parked, undos, views, clients } = source;
  const names = [
    'health',
    'health/liveness',
    'health/readiness',
    'info',
    ...(metrics ? ['prometheus', 'metrics'] : []),
    ...(outbox ? ['outbox'] : []),
    ...(loggers ? ['loggers'] : []),
    ...(parked ? ['parked'] : []),
    ...(undos ? ['undos'] : []),
    ...(views ? ['views'] : []),
    ...(clients ? ['circuitbreakers'] : []),
  ];
  routes.add({
    method: 'GET',
    path: '/actuator',
    handler(request, reply) {
      const url = `${baseUrlOf(request)}/actuator`;
      const links = names.map((name) => [
        name.replace('/', '-'),
        { href: `${url}/${name}`, templated: false },
      ]);
      return sendJson(reply, JSON_TYPE, {
        _links: { self: { href: url, templated: false }, ...Object.fromEntries(links) },
      });
    },
  });
}

function addHealthRoutes(routes: Routes, source: ActuatorSource): void {
  const probe = (path: string, ask: () => Promise<Health>) =>
    routes.add({ method: 'GET', path, handler: async (_, reply) => sendHealth(reply, await ask()) });
  probe('/actuator/health', () => source.health());
  probe('/actuator/health/liveness', () => source.liveness());
  probe('/actuator/health/readiness', () => source.readiness());
}

function sendHealth(reply: FastifyReply, health: Health): FastifyReply {
  reply.code(health.status === 'UP' ? 200 : 503).header('cache-control', 'no-store');
  return sendJson(reply, JSON_TYPE, health);
}
