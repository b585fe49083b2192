import { buildGatewayApp } from '../http/gateway/gateway-app.js';
import { listen } from '../http/listen.js';
import { type Clock, systemClock } from '../kernel/clock.js';
import { BootCheckError } from '../kernel/errors/start-errors.js';
import type { GatewayDefinition } from '../model/gateway-definition.js';
import { duplicates } from './faults/duplicates.js';
import { urlFaults } from './faults/client-faults.js';
import { httpLimits } from './http-settings.js';
import { type LogSink, Loggers } from './loggers.js';
import { Metrics } from './metrics.js';
import { Phase } from './phase.js';
import { type RunningService, stopping } from './running-service.js';
import { type Environment, gatewaySettings, readSettings, settingOf, urlSettingOf } from './settings.js';

export interface GatewayStartOptions {
  /** Where settings are read from. Default: the environment of the process. */
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Where log lines go. Default: standard output. */
  readonly log?: LogSink;
}

/**
 * Starts a gateway in this process and resolves when it is ready. The services behind it need not be.
 * @throws BootCheckError, ConfigurationError, PortUnavailableError; nothing is left running then
 */
export async function startGateway(
  definition: GatewayDefinition,
  options: GatewayStartOptions = {},
): Promise<RunningService> {
  const { environment = process.env, clock = systemClock } = options;
  checkGateway(definition, environment);
  const settings = readSettings(gatewaySettings, environment, { PORT: definition.port });
  const loggers = await Loggers.open(definition.name, settings, options.log);
  const logger = loggers.get('service');
  const metrics = new Metrics(definition.name);
  const phase = new Phase();
  const app = buildGatewayApp({
    name: definition.name,
    definition,
    urls: Object.fromEntries(definition.routes.map((route) => [route.service, urlOf(route, environment)!])),
    cors: {
      origins:
        settings.CORS_ORIGINS === '*' ? '*' : settings.CORS_ORIGINS.split(',').map((origin) => origin.trim()),
    },
    trustForwarded: settings.TRUST_FORWARDED,
    logger: loggers.get('http'),
    limits: httpLimits(settings),
    phase: () => phase.now,
    observeRequest: (request) => metrics.requested(request),
    actuator: {
      // the services behind it have their own: a gateway that goes down with one of them would take all with it
      health: phase.readiness,
      liveness: phase.liveness,
      readiness: phase.readiness,
      info: () => ({ app: { name: definition.name }, process: { pid: process.pid, node: process.version } }),
      metrics,
      loggers,
    },
  });
  const stop = stopping({
    name: definition.name,
    settings,
    phase,
    clock,
    logger,
    steps: [
      { what: 'the HTTP server', run: () => app.close() },
      { what: 'the metrics', run: () => metrics.close() },
    ],
  });
  try {
    const url = await listen(app, definition.name, settings.HOST, settings.PORT);
    phase.running();
    logger.info({ url }, 'ready');
    return { name: definition.name, url, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

function checkGateway({ name, routes }: GatewayDefinition, environment: Environment): void {
  const faults = [
    ...routes.flatMap(({ path, service, url }) => urlFaults(`the route ${path}`, service, url, environment)),
    ...routes
      .filter(({ path }) => !/^\/([A-Za-z0-9._~-]+\/?)*$/.test(path) || path.startsWith('/actuator'))
      .map(({ path }) => ({
        what: `the route ${JSON.stringify(path)} is no path of a service`,
        fix: 'begin it with / and leave /actuator to the gateway',
      })),
    ...duplicates(
      routes,
      ({ path }) => path.replace(/\/$/, ''),
      ({ service }) => service,
      (path, services) => ({
        what: `the path ${path} is routed to ${services}`,
        fix: 'route each path to one service',
      }),
    ),
  ];
  if (faults.length > 0) throw new BootCheckError(name, faults);
}

function urlOf(
  { service, url }: GatewayDefinition['routes'][number],
  environment: Environment,
): string | undefined {
  return settingOf(environment, urlSettingOf(service)) ?? url;
}
