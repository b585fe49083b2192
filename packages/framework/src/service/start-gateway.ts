import { buildGatewayApp } from '../http/gateway/gateway-app.js';
import { listen } from '../http/listen.js';
import { type Clock, systemClock } from '../kernel/clock.js';
import type { GatewayDefinition } from '../model/gateway-definition.js';
import { checkService } from './boot-check.js';
import { httpLimits, requestSlots } from './http-settings.js';
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
  checkService(definition, environment);
  const settings = readSettings(gatewaySettings, environment, { PORT: definition.port });
  const loggers = await Loggers.open(definition.name, settings, options.log);
  const logger = loggers.get('service');
  const metrics = new Metrics(definition.name);
  const phase = new Phase();
  const slots = requestSlots(settings, clock);
  metrics.watchLoad(slots);
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
    clock,
    limits: httpLimits(settings),
    phase: () => phase.now,
    observeRequest: (request) => metrics.requested(request),
    slots,
    observeShed: (what) => metrics.shed(what),
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

function urlOf(
  { service, url }: GatewayDefinition['routes'][number],
  environment: Environment,
): string | undefined {
  return settingOf(environment, urlSettingOf(service)) ?? url;
}
