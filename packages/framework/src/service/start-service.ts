import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Broker } from '../broker/broker.js';
import type { ActuatorSource } from '../http/actuator/actuator-source.js';
import { listen } from '../http/listen.js';
import { buildServiceApp } from '../http/service-app.js';
import { type Clock, systemClock } from '../kernel/clock.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import type { RemoteCaller } from '../runtime/remote/remote-caller.js';
import type { Store } from '../store/store.js';
import { Assembly } from './assembly.js';
import { checkService } from './boot-check.js';
import { brokerOf, storeOf } from './engines.js';
import { HealthCheck } from './health.js';
import { httpLimits } from './http-settings.js';
import { type LogSink, Loggers } from './loggers.js';
import { Metrics } from './metrics.js';
import { parkedRecords } from './parked-records.js';
import { Phase } from './phase.js';
import { type RunningService, stopping } from './running-service.js';
import { type Environment, type ServiceSettings, readSettings, serviceSettings } from './settings.js';

export interface StartOptions {
  /** Where settings are read from. Default: the environment of the process. */
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Where log lines go. Default: standard output. */
  readonly log?: LogSink;
  /** Stands around the engines, for tests that let them fail. */
  readonly engines?: {
    readonly store?: (store: Store) => Store;
    readonly broker?: (broker: Broker) => Broker;
  };
}

/**
 * Starts a service in this process and resolves when it is ready. Several may run side by side; they share nothing.
 * @throws BootCheckError, ConfigurationError, PortUnavailableError, and what the engines throw; nothing is left running then
 */
export async function startService(
  definition: ServiceDefinition,
  options: StartOptions = {},
): Promise<RunningService> {
  const { environment = process.env, clock = systemClock, engines = {} } = options;
  checkService(definition, environment);
  const settings = serviceSettingsOf(definition, environment);
  const loggers = await Loggers.open(definition.name, settings, options.log);
  const logger = loggers.get('service');
  const engineOptions = {
    clock,
    random,
    logger: loggers.get('store'),
    // the rest of the time to stop is for the outbox
    rebalanceLimitMs: settings.SHUTDOWN_TIMEOUT_MS / 2,
  };
  const ownStore = storeOf(settings.DATABASE_URL, engineOptions);
  const ownBroker = brokerOf(settings.BROKER_URL, engineOptions);
  const store = engines.store?.(ownStore) ?? ownStore;
  const broker = engines.broker?.(ownBroker) ?? ownBroker;
  const metrics = new Metrics(definition.name);
  const caller = await callerOf(definition, metrics);
  const assembly = new Assembly({
    definition,
    settings,
    environment,
    store,
    broker,
    clock,
    random,
    loggers,
    metrics,
    caller,
  });
  const phase = new Phase();
  const { collections, units, ids, relay, consumer, pruning } = assembly;
  const app = buildServiceApp({
    name: definition.name,
    version: definition.version,
    collections,
    units,
    logger: loggers.get('http'),
    limits: httpLimits(settings),
    phase: () => phase.now,
    observeRequest: (request) => metrics.requested(request),
    actuator: actuatorOf(definition, { store, broker, assembly, metrics, loggers, phase, clock }),
  });
  const stop = stopping({
    name: definition.name,
    settings,
    phase,
    clock,
    logger,
    steps: [
      // requests first: they may still commit events; then what handlers commit; then the outbox is flushed
      { what: 'the HTTP server', run: () => app.close() },
      { what: 'the consumer', run: () => consumer?.stop() },
      { what: 'the relay', run: () => relay.stop(settings.SHUTDOWN_TIMEOUT_MS / 4) },
      { what: 'the pruning of the inbox', run: () => pruning.stop() },
      { what: 'the ids', run: () => ids.release() },
      { what: 'the clients', run: () => assembly.close() },
      { what: 'the broker', run: () => broker.close() },
      { what: 'the store', run: () => store.close() },
      { what: 'the metrics', run: () => metrics.close() },
    ],
  });
  try {
    // before anything is opened: a second instance that was started by mistake must not take part in anything
    const url = await listen(app, definition.name, settings.HOST, settings.PORT);
    await store.open();
    await store.ensureTables(collections.map(({ table }) => table));
    await broker.open();
    await broker.ensureTopic(topicOf(settings));
    relay.start();
    await consumer?.start();
    pruning.start();
    phase.running();
    logger.info({ url }, 'ready');
    return { name: definition.name, url, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

/** The HTTP client is a third of the memory and of the start: who calls nobody does without it. */
async function callerOf({ clients }: ServiceDefinition, metrics: Metrics): Promise<RemoteCaller | undefined> {
  if (clients.length === 0) return undefined;
  const module = await import('../runtime/remote/remote-caller.js');
  return new module.RemoteCaller(metrics);
}

function serviceSettingsOf(
  { name, port, topic }: ServiceDefinition,
  environment: Environment,
): ServiceSettings {
  const given = readSettings(serviceSettings.pick({ DATA_DIR: true }), environment, {});
  const settings = readSettings(serviceSettings, environment, {
    PORT: port,
    TOPIC: topic,
    DATABASE_URL: `sqlite:${join(given.DATA_DIR, `${name}.db`)}`,
    BROKER_URL: `embedded:${join(given.DATA_DIR, 'events.db')}`,
  });
  if (settings.INBOX_RETENTION_MS > settings.TOPIC_RETENTION_MS) return settings;
  throw new ConfigurationError(
    `INBOX_RETENTION_MS is ${settings.INBOX_RETENTION_MS}, not longer than TOPIC_RETENTION_MS (${settings.TOPIC_RETENTION_MS})`,
    'Make it longer: an event that is forgotten while the topic still has it would take effect again.',
  );
}

function topicOf(settings: ServiceSettings) {
  return {
    name: settings.TOPIC,
    partitions: settings.TOPIC_PARTITIONS,
    retentionMs: settings.TOPIC_RETENTION_MS,
    retentionBytes: settings.TOPIC_RETENTION_BYTES,
  };
}

interface Parts {
  readonly store: Store;
  readonly broker: Broker;
  readonly assembly: Assembly;
  readonly metrics: Metrics;
  readonly loggers: Loggers;
  readonly phase: Phase;
  readonly clock: Clock;
}

function actuatorOf(
  { name, version }: ServiceDefinition,
  { store, broker, assembly, metrics, loggers, phase, clock }: Parts,
): ActuatorSource {
  const { relay, consumer, redrive } = assembly;
  const outbox = async () => {
    const { pending, oldestAt } = await store.outbox.status();
    return {
      pending,
      oldestAgeSeconds: oldestAt === null ? 0 : Math.max(0, (clock.now() - oldestAt) / 1000),
    };
  };
  metrics.watch({
    outbox,
    parkedKeys: () => store.parking.count(),
    lag: async () => (await consumer?.lag()) ?? [],
  });
  const check = new HealthCheck(
    {
      store: async () => (await store.ping(), { engine: store.capabilities.engine }),
      broker: async () => (await broker.ping(), { engine: broker.capabilities.engine }),
      relay: async () => {
        if (relay.failure !== undefined) throw relay.failure;
        return { leader: relay.isLeader };
      },
      ...(consumer && {
        consumer: async () => {
          if (consumer.state === 'failing' || consumer.state === 'closed') throw consumer.failure;
          return { state: consumer.state };
        },
      }),
    },
    clock,
  );
  return {
    health: () => check.report(),
    liveness: phase.liveness,
    readiness: phase.readiness,
    info: () => ({ app: { name, version }, process: { pid: process.pid, node: process.version } }),
    metrics,
    loggers,
    outbox,
    parked: parkedRecords(store.parking, redrive),
  };
}

function random(): number {
  return randomInt(0, 2 ** 47) / 2 ** 47;
}
