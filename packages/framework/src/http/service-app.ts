import type { FastifyInstance } from 'fastify';
import type { Collection } from '../runtime/collection.js';
import type { UnitsOfWork } from '../runtime/units-of-work.js';
import { addActuatorRoutes } from './actuator/actuator-routes.js';
import type { ActuatorSource } from './actuator/actuator-source.js';
import { type HttpAppOptions, buildHttpApp } from './http-app.js';
import { readJsonBodies } from './json-body.js';
import { addOpenApiRoute } from './openapi/openapi-route.js';
import { addProfileRoutes } from './profile/profile-routes.js';
import { addCommandRoutes } from './resource/command-routes.js';
import { addReadRoutes } from './resource/read-routes.js';
import { Resource } from './resource/resource.js';
import { addRootRoute } from './resource/root-routes.js';
import { addSearchRoutes } from './resource/search-routes.js';
import { addWriteRoutes } from './resource/write-routes.js';
import { Routes } from './routes.js';

export interface ServiceAppOptions extends HttpAppOptions {
  /** Its aggregates and views. */
  readonly collections: readonly Collection[];
  readonly units: UnitsOfWork;
  readonly actuator: ActuatorSource;
  /** For the title page of its API. */
  readonly version?: string;
}

/** All of a service that faces HTTP. It does not listen yet: `await app.listen({ host, port })`. */
export function buildServiceApp(options: ServiceAppOptions): FastifyInstance {
  const { fastify, table, limits } = buildHttpApp(options);
  const routes = new Routes(fastify, table, limits.requestTimeoutMs, options.logger);
  const resources = options.collections.map((collection) => new Resource(collection));
  readJsonBodies(fastify);
  addRootRoute(routes, resources);
  for (const resource of resources) {
    addReadRoutes(routes, resource);
    addSearchRoutes(routes, resource);
    if (resource.collection.kind === 'view') continue;
    addWriteRoutes(routes, resource, options.units);
    addCommandRoutes(routes, resource, options.units);
  }
  addProfileRoutes(routes, resources);
  addOpenApiRoute(routes, resources, { title: options.name, version: options.version ?? '0.0.0' });
  addActuatorRoutes(routes, options.actuator);
  return fastify;
}
