import type { FastifyInstance } from 'fastify';
import type { Collection } from '../runtime/collection.js';
import type { UnitsOfWork } from '../runtime/units-of-work.js';
import type { RequestRecords } from '../store/request-records.js';
import { addActuatorRoutes } from './actuator/actuator-routes.js';
import type { ActuatorSource } from './actuator/actuator-source.js';
import { addDrillRoutes } from './actuator/drill-routes.js';
import { healthOf, refuseWhileDown, slowed } from './drills/drill-effects.js';
import type { Drills } from './drills/drills.js';
import { type HttpAppOptions, buildHttpApp } from './http-app.js';
import { IdempotentWrites } from './idempotency/idempotent-writes.js';
import { RunningKeys } from './idempotency/running-keys.js';
import { Withdrawals } from './idempotency/withdrawals.js';
import { readJsonBodies } from './json-body.js';
import { addOpenApiRoute } from './openapi/openapi-route.js';
import { addProfileRoutes } from './profile/profile-routes.js';
import { addCommandRoutes } from './resource/command-routes.js';
import { addReadRoutes } from './resource/read-routes.js';
import { Resource } from './resource/resource.js';
import { addRootRoute } from './resource/root-routes.js';
import { addSearchRoutes } from './resource/search-routes.js';
import { addUndoRoute } from './resource/undo-route.js';
import { addWriteRoutes } from './resource/write-routes.js';
import { Routes } from './routes.js';

export interface ServiceAppOptions extends HttpAppOptions {
  /** Its aggregates and views. */
  readonly collections: readonly Collection[];
  readonly units: UnitsOfWork;
  /** The requests with a key that were answered, in the database of `units`. */
  readonly requests: RequestRecords;
  /** How long they are kept, in milliseconds. */
  readonly requestsKeptForMs: number;
  readonly actuator: ActuatorSource;
  /** For the title page of its API. */
  readonly version?: string;
  /** Faults that it can be put into from outside. Default: none. */
  readonly drills?: Drills | undefined;
}

/** All of a service that faces HTTP. It does not listen yet: `await app.listen({ host, port })`. */
export function buildServiceApp(options: ServiceAppOptions): FastifyInstance {
  const { fastify, table, deadline } = buildHttpApp(options);
  const { units, requests, drills } = options;
  const routes = new Routes(fastify, table, deadline, (handler) =>
    drills ? slowed(handler, drills) : handler,
  );
  const running = new RunningKeys();
  const writes = new IdempotentWrites(units, requests, running);
  const withdrawals = new Withdrawals(units, requests, running, options.requestsKeptForMs, deadline.clock);
  const resources = options.collections.map((collection) => new Resource(collection));
  readJsonBodies(fastify);
  addRootRoute(routes, resources);
  for (const resource of resources) {
    addReadRoutes(routes, resource);
    addSearchRoutes(routes, resource);
    if (resource.collection.kind === 'view') continue;
    addWriteRoutes(routes, resource, writes);
    addCommandRoutes(routes, resource, writes);
    addUndoRoute(routes, resource, withdrawals);
  }
  addProfileRoutes(routes, resources);
  addOpenApiRoute(routes, resources, { title: options.name, version: options.version ?? '0.0.0' });
  addActuatorRoutes(routes, drills ? healthOf(options.actuator, drills) : options.actuator);
  if (drills) {
    addDrillRoutes(routes, drills);
    refuseWhileDown(fastify, options.name, drills);
  }
  return fastify;
}
