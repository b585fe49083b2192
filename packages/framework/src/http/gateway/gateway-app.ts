import type { FastifyInstance } from 'fastify';
import { GATEWAY_TIMEOUT_MS, type GatewayDefinition } from '../../model/gateway-definition.js';
import { UpstreamPool } from '../../runtime/remote/upstream-pool.js';
import { addActuatorRoutes } from '../actuator/actuator-routes.js';
import type { ActuatorSource } from '../actuator/actuator-source.js';
import { baseUrlOf } from '../base-url.js';
import { type HttpAppOptions, buildHttpApp } from '../http-app.js';
import { type HttpLimits, SILENCE_MARGIN_MS, httpLimitsWith } from '../http-limits.js';
import { readJsonBodies } from '../json-body.js';
import { sendJson } from '../resource/answers.js';
import { HAL_JSON } from '../resource/media-types.js';
import { counted } from '../load/counted.js';
import { Routes } from '../routes.js';
import { type CorsSettings, allowOrigins } from './cors.js';
import { Proxy, type Upstream } from './proxy.js';

export interface GatewayAppOptions extends HttpAppOptions {
  readonly definition: GatewayDefinition;
  /** The URL of each service that the definition names. */
  readonly urls: Readonly<Record<string, string>>;
  /** Default: any origin, without credentials. */
  readonly cors?: CorsSettings;
  /** Set it when a proxy in front of the gateway sets `X-Forwarded-*`; else what clients send in them is dropped. */
  readonly trustForwarded?: boolean;
  readonly actuator: ActuatorSource;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** To one service; more requests wait. */
const MAX_CONNECTIONS = 256;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** One entry point to several services. It does not listen yet: `await app.listen({ host, port })`. */
export function buildGatewayApp(options: GatewayAppOptions): FastifyInstance {
  const { definition, urls, trustForwarded = false } = options;
  const timeoutMs = definition.timeoutMs ?? GATEWAY_TIMEOUT_MS;
  const { fastify, table, limits, deadline } = buildHttpApp(
    { ...options, limits: patient(httpLimitsWith(options.limits), timeoutMs) },
    (app) => allowOrigins(app, options.cors ?? { origins: '*' }),
  );
  const pool = new UpstreamPool({
    connections: MAX_CONNECTIONS,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    silenceTimeoutMs: timeoutMs,
  });
  const { clock } = deadline;
  const proxy = new Proxy(pool, { timeoutMs, bodyLimitBytes: limits.bodyLimitBytes, trustForwarded, clock });
  fastify.addHook('onClose', () => pool.close());

  // what is passed on and what is answered here read bodies differently
  fastify.register((passing, _, done) => {
    leaveBodiesAlone(passing);
    for (const { path, service } of definition.routes) {
      addProxyRoute(passing, path.replace(/\/+$/, ''), proxy, { service, url: new URL(urls[service]!) });
    }
    done();
  });
  fastify.register((own, _, done) => {
    readJsonBodies(own);
    const routes = new Routes(own, table, deadline);
    if (definition.routes.every(({ path }) => path !== '/')) addIndexRoute(routes, definition);
    addActuatorRoutes(routes, options.actuator);
    done();
  });
  return fastify;
}

/** While a service behind may be silent, nothing moves on the client's connection either. */
function patient(limits: HttpLimits, timeoutMs: number): HttpLimits {
  return { ...limits, silenceTimeoutMs: Math.max(limits.silenceTimeoutMs, timeoutMs + SILENCE_MARGIN_MS) };
}

function leaveBodiesAlone(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
}

function addProxyRoute(fastify: FastifyInstance, path: string, proxy: Proxy, upstream: Upstream): void {
  // the links of what a service answers lead to its profile too
  for (const url of path === '' ? ['/', '/*'] : [path, `${path}/*`, `/profile${path}`]) {
    fastify.route({
      method: METHODS,
      url,
      exposeHeadRoute: false,
      config: { template: `${path}/**` },
      handler: counted((request, reply) => proxy.forward(upstream, request, reply)),
    });
  }
}

function addIndexRoute(routes: Routes, { routes: definitions }: GatewayDefinition): void {
  routes.add({
    method: 'GET',
    path: '/',
    handler(request, reply) {
      const base = baseUrlOf(request);
      const links = definitions.map(
        ({ path }) => [path.replaceAll(/^\/|\/$/g, ''), { href: `${base}${path}` }] as const,
      );
      return sendJson(reply, HAL_JSON, { _links: Object.fromEntries(links) });
    },
  });
}
