import { randomInt } from 'node:crypto';
import type { Broker } from '../broker/broker.js';
import type { ActuatorSource } from '../http/actuator/actuator-source.js';
import { listen } from '../http/listen.js';
import { buildServiceApp } from '../http/service-app.js';
import { type Clock, systemClock } from '../kernel/clock.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import type { Store } from '../store/store.js';
import { newOrigin } from '../runtime/origin.js';
import { Assembly, type AssemblyOptions } from './assembly.js';
import { checkService } from './boot-check.js';
import { brokerOf, storeOf } from './engines.js';
import { HealthCheck } from './health.js';
import { drillsOf } from './drill-settings.js';
import { httpLimits, requestSlots } from './http-settings.js';
import { type LogSink, Loggers } from './loggers.js';
import { Metrics } from './metrics.js';
import { parkedRecords } from './parked-records.js';
import { Patience } from './patience.js';
import { Phase } from './phase.js';
import { type RunningService, stopping } from './running-service.js';
import { serviceSettingsOf, topicOf } from './service-settings.js';
import type { Environment } from './settings.js';

export interface StartOptions {
  /** Where settings are read from. Default: the environment of the process. */
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Where log lines go. Default: standard output. */
  readonly log?: LogSink;
  /** Is given what runs work inside of the service, in a unit of work of its own, for tests that take the part of its code. */
  readonly inside?: (run: RunInside) => void;
  /** Stands around the engines, for tests that let them fail. */
  readonly engines?: {
    readonly store?: (store: Store) => Store;
    readonly broker?: (broker: Broker) => Broker;
  };
}

/** Runs work in a unit of work: `inject` finds what the service has; what it throws leaves nothing behind. */
export type RunInside = <T>(work: () => T | Promise<T>) => Promise<T>;

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
  const engineOptions = { service: definition.name, settings, clock, random };
  const ownStore = await storeOf({ ...engineOptions, logger: loggers.get('store') });
  const ownBroker = await brokerOf({ ...engineOptions, logger: loggers.get('broker') });
  const store = engines.store?.(ownStore) ?? ownStore;
  const broker = engines.broker?.(ownBroker) ?? ownBroker;
  const metrics = new Metrics(definition.name);
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
    callerOf: await callerOf(definition),
  });
  options.inside?.((work) => assembly.units.run(newOrigin(), work));
  const phase = new Phase();
  const slots = requestSlots(settings, clock);
  metrics.watchLoad(slots);
  const { collections, units, ids, relay, undoing, consumer, pruning } = assembly;
  const app = buildServiceApp({
    name: definition.name,
    version: definition.version,
    collections,
    units,
    requests: store.requests,
    requestsKeptForMs: settings.IDEMPOTENCY_RETENTION_MS,
    logger: loggers.get('http'),
    clock,
    limits: httpLimits(settings),
    phase: () => phase.now,
    observeRequest: (request) => metrics.requested(request),
    slots,
    observeShed: (what) => metrics.shed(what),
    drills: drillsOf(definition.name, settings, clock, random),
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
      { what: 'the rebuild of views', run: () => assembly.rebuilds.stop() },
      { what: 'the consumer', run: () => consumer?.stop() },
      { what: 'the undoing of calls', run: () => undoing.stop() },
      { what: 'the relay', run: () => relay.stop(settings.SHUTDOWN_TIMEOUT_MS / 4) },
      { what: 'the pruning', run: () => Promise.all(pruning.map((one) => one.stop())) },
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
    const tables = collections.map(({ table }) => table);
    // servers may be starting too; what is in this process or on its disk will not be another in a minute
    const limitMs = settings.START_TIMEOUT_MS;
    const patience = new Patience({ limitMs, clock, random, logger });
    await patience.with(store.capabilities, 'the database', () => store.open());
    await patience.with(store.capabilities, 'the database', () => store.ensureTables(tables));
    // before the broker: what has to be undone needs none
    undoing.start();
    await patience.with(broker.capabilities, 'the broker', () => broker.open());
    await patience.with(broker.capabilities, 'the broker', () => broker.ensureTopic(topicOf(settings)));
    relay.start();
    const servers = { sharedByHosts: store.capabilities.sharedByHosts || broker.capabilities.sharedByHosts };
    await patience.with(servers, 'the consumer group', () => assembly.startConsumer());
    for (const one of pruning) one.start();
    phase.running();
    logger.info({ url }, 'ready');
    return { name: definition.name, url, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

/** The HTTP client is a third of the memory and of the start: who calls nobody does without it. */
async function callerOf({ clients }: ServiceDefinition): Promise<AssemblyOptions['callerOf']> {
  if (clients.length === 0) return undefined;
  const module = await import('../runtime/remote/remote-caller.js');
  return (parts) => new module.RemoteCaller(parts);
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
  const { relay, consumer, redrive, clients } = assembly;
  const outbox = async () => {
    const { pending, oldestAt } = await store.outbox.status();
    return {
      pending,
      oldestAgeSeconds: oldestAt === null ? 0 : Math.max(0, (clock.now() - oldestAt) / 1000),
    };
  };
  metrics.watch({
    outbox,
    parkedKeys: async () => {
      const [all, failed] = await Promise.all([store.parking.count(), store.parking.count('failed')]);
      return { failed, aside: Math.max(0, all - failed) };
    },
    lag: async () => (await consumer?.lag()) ?? [],
    clients: () => clients?.all() ?? [],
    undosPending: async () => (await store.intents.status()).abandoned,
  });
  // what it cannot answer requests without; a broker that is away is none of it: what is committed meanwhile waits in the outbox
  const vital = {
    store: async () => (await store.ping(), { engine: store.capabilities.engine }),
    ...(consumer && {
      consumer: async () => {
        if (consumer.state === 'failing' || consumer.state === 'closed') throw consumer.failure;
        return { state: consumer.state };
      },
    }),
  };
  const ready = new HealthCheck(vital, clock);
  const check = new HealthCheck(
    {
      ...vital,
      broker: async () => (await broker.ping(), { engine: broker.capabilities.engine }),
      relay: async () => {
        if (relay.failure !== undefined) throw relay.failure;
        return { leader: relay.isLeader };
      },
    },
    clock,
  );
  return {
    health: () => check.report(),
    liveness: phase.liveness,
    readiness: async () => (phase.now === 'running' ? ready.report() : phase.readiness()),
    info: () => ({ app: { name, version }, process: { pid: process.pid, node: process.version } }),
    metrics,
    loggers,
    outbox,
    parked: parkedRecords(store.parking, redrive),
    undos: store.intents,
    views: assembly.rebuilds,
    ...(clients && { clients }),
  };
}

function random(): number {
  return randomInt(0, 2 ** 47) / 2 ** 47;
}
