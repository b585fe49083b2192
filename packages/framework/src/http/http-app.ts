import type { ServerOptions } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Clock, systemClock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { NotReadyError } from '../kernel/errors/request-errors.js';
import { answerClientError } from './client-error.js';
import { ErrorAnswer } from './error-answer.js';
import { fallbackHeader } from './fallback-header.js';
import './fastify-words.js';
import { type HttpLimits, httpLimitsWith } from './http-limits.js';
import { HttpServers } from './http-servers.js';
import { shedLoad } from './load/load-shedding.js';
import { RequestSlots, fixedBound } from './load/request-slots.js';
import type { DeadlineOptions } from './request-deadline.js';
import { answerWithoutRoute, guard } from './request-guard.js';
import { CORRELATION_HEADER, originOf } from './request-origin.js';
import { RouteTable } from './route-table.js';

/** One request, for the metric `http_server_requests_seconds`. */
export interface ObservedRequest {
  readonly method: string;
  /** A path template such as `/orders/{id}`; `UNKNOWN` for paths that do not exist. Never a raw path. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface HttpAppOptions {
  /** Of the service or gateway. */
  readonly name: string;
  readonly logger: Logger;
  /** Default: that of the machine. */
  readonly clock?: Clock;
  readonly limits?: Partial<HttpLimits>;
  /** While `starting` all but the actuator is refused; while `draining` all is served. */
  readonly phase: () => 'starting' | 'running' | 'draining';
  readonly observeRequest?: (request: ObservedRequest) => void;
  /** Bounds the requests that are under way at once. Default: 1,000. */
  readonly slots?: RequestSlots;
  /** Told of what is refused because there is too much of it. */
  readonly observeShed?: (what: 'request' | 'connection') => void;
}

/** What a service and a gateway have in common, without any route. */
export interface HttpApp {
  readonly fastify: FastifyInstance;
  readonly table: RouteTable;
  readonly limits: HttpLimits;
  /** For its handlers. */
  readonly deadline: DeadlineOptions;
}

const DEFAULT_CONCURRENCY = 1_000;

/** Keys and handler ids in paths may be long; the limit on headers bounds them. */
const MAX_PARAMETER_LENGTH = 4096;

/**
 * An HTTP server that gives each request its origin and each error its problem, within limits. It does not listen yet.
 * @param plugIn adds what is to see requests before they may be turned away
 */
export function buildHttpApp(
  options: HttpAppOptions,
  plugIn: (fastify: FastifyInstance) => void = () => {},
): HttpApp {
  const limits = httpLimitsWith(options.limits);
  const { logger, clock = systemClock } = options;
  const errors = new ErrorAnswer(logger, limits.bodyLimitBytes);
  const table = new RouteTable();
  const observe = options.observeRequest ?? (() => {});
  const observeShed = options.observeShed ?? (() => {});
  const servers = new HttpServers(serverLimits(limits), {
    maxConnections: limits.maxConnections,
    silenceTimeoutMs: limits.silenceTimeoutMs,
    clock,
    refused: () => observeShed('connection'),
  });
  const fastify = Fastify({
    logger: false,
    // all requests that still arrive while the server closes are served
    return503OnClosing: false,
    bodyLimit: limits.bodyLimitBytes,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
    serverFactory: servers.make,
    frameworkErrors: (error, request, reply) => {
      begin(request, reply, clock);
      errors.send(error, request, reply);
      observe({ method: request.method, route: request.template, status: reply.statusCode, seconds: 0 });
    },
    clientErrorHandler: (error, socket) => {
      const status = answerClientError(error, socket);
      if (status !== undefined) observe({ method: 'UNKNOWN', route: 'UNKNOWN', status, seconds: 0 });
    },
  });
  // declared ahead, so that all requests have one shape
  fastify.decorateRequest('origin');
  fastify.decorateRequest('template', 'UNKNOWN');
  fastify.addHook('onRequest', (request, reply, done) => {
    begin(request, reply, clock);
    done();
  });
  plugIn(fastify);
  shedLoad(fastify, {
    name: options.name,
    slots: options.slots ?? new RequestSlots(fixedBound(DEFAULT_CONCURRENCY), clock),
    logger,
    clock,
    observeShed: () => observeShed('request'),
  });
  addGuard(fastify, options, table);
  addObservation(fastify, options, servers, observe);
  fastify.setNotFoundHandler((request, reply) => void answerWithoutRoute(table, request, reply));
  fastify.setErrorHandler((error, request, reply) => errors.send(error, request, reply));
  // before Fastify's own close, which cuts idle connections
  fastify.addHook('preClose', () => servers.drain(systemClock, limits.lingerMs));
  return { fastify, table, limits, deadline: { limitMs: limits.requestTimeoutMs, clock, logger } };
}

function serverLimits(limits: HttpLimits): ServerOptions {
  const shortest = Math.min(limits.headersTimeoutMs, limits.receiveTimeoutMs);
  return {
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: shortest,
    requestTimeout: limits.receiveTimeoutMs,
    // how often slow clients are looked for
    connectionsCheckingInterval: Math.min(Math.max(Math.floor(shortest / 4), 50), 5_000),
  };
}

function begin(request: FastifyRequest, reply: FastifyReply, clock: Clock): void {
  request.origin = originOf(request.headers, clock);
  request.template = request.routeOptions.config.template ?? 'UNKNOWN';
  reply.header(CORRELATION_HEADER, request.origin.correlationId);
}

function addGuard(fastify: FastifyInstance, { name, phase }: HttpAppOptions, table: RouteTable): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      if (phase() === 'starting' && !request.url.startsWith('/actuator'))
        throw new NotReadyError(name, 'starting');
      if (!guard(table, request, reply)) done();
    } catch (error) {
      // what is thrown here is always an error of the kernel
      done(error as Error);
    }
  });
}

function addObservation(
  fastify: FastifyInstance,
  { logger }: HttpAppOptions,
  servers: HttpServers,
  observe: (request: ObservedRequest) => void,
): void {
  fastify.addHook('onSend', ({ origin }, reply, payload, done) => {
    reply.headers(fallbackHeader(origin));
    if (servers.isDraining) reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', ({ method, template, origin }, reply, done) => {
    const { statusCode: status, elapsedTime } = reply;
    observe({ method, route: template, status, seconds: elapsedTime / 1000 });
    const { correlationId, trace } = origin;
    const fields = {
      traceId: trace.traceId,
      correlationId,
      method,
      route: template,
      status,
      ms: elapsedTime,
    };
    logger.debug(fields, 'answered');
    done();
  });
}
