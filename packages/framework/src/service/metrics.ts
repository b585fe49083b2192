import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { MetricState, MetricsSource } from '../http/actuator/actuator-source.js';
import type { ObservedRequest } from '../http/http-app.js';
import type { Instruments } from '../runtime/instruments.js';
import { type ClientGauges, watchClients } from './client-metrics.js';
import { orUnknown } from './or-unknown.js';

/** What is measured when somebody looks. */
export interface Gauges extends ClientGauges {
  outbox(): Promise<{ readonly pending: number; readonly oldestAgeSeconds: number }>;
  /** Keys that wait for a person, and those that wait for nobody but their turn. */
  parkedKeys(): Promise<{ readonly failed: number; readonly aside: number }>;
  lag(): Promise<readonly { readonly topic: string; readonly partition: number; readonly lag: number }[]>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of one service, in a registry of its own. */
export class Metrics implements Instruments, MetricsSource {
  readonly #registry = new Registry();
  readonly #requests = this.#histogram('http_server_requests_seconds', 'Requests answered', [
    'method',
    'uri',
    'status',
  ]);
  readonly #shed = this.#counter(
    'http_server_shed_total',
    'Requests and connections that were refused because there were too many',
    ['what'],
  );
  readonly #handlers = this.#histogram('handler_duration_seconds', 'Attempts of handlers', [
    'handler',
    'event',
    'outcome',
  ]);
  readonly #calls = this.#histogram('client_requests_seconds', 'Calls of other services', [
    'client',
    'operation',
    'outcome',
  ]);
  readonly #retries = this.#counter(
    'client_retries_total',
    'Attempts of calls of other services beyond the first',
    ['client', 'operation'],
  );
  readonly #undos = this.#counter(
    'client_undos_total',
    'Attempts to undo calls of other services whose unit of work was not committed',
    ['operation', 'outcome'],
  );
  readonly #published = this.#counter(
    'outbox_published_total',
    'Events that the broker has acknowledged',
    [],
  );
  readonly #publishFailures = this.#counter(
    'outbox_publish_failures_total',
    'Attempts to relay the outbox that failed',
    [],
  );
  readonly #publishedAgain = this.#counter(
    'outbox_repeats_total',
    'Events that the broker has and that are published once more',
    [],
  );
  readonly #duplicates = this.#counter('inbox_duplicates_total', 'Events that had taken effect before', [
    'handler',
  ]);
  readonly #parked = this.#counter(
    'handler_parked_total',
    'Records that were parked because they could not be handled',
    ['handler'],
  );
  readonly #unknown = this.#counter('events_ignored_total', 'Events that no handler reacts to', []);

  constructor(service: string) {
    this.#registry.setDefaultLabels({ application: service });
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Adds how many requests are under way, and how many may be. */
  watchLoad(slots: { readonly underWay: number; readonly limit: number }): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'http_server_concurrency',
      help: 'Requests under way',
      registers,
      collect() {
        this.set(slots.underWay);
      },
    });
    new Gauge({
      name: 'http_server_concurrency_limit',
      help: 'Requests that may be under way at once',
      registers,
      collect() {
        this.set(slots.limit);
      },
    });
  }

  /** Adds what is read from the running service. */
  watch(gauges: Gauges): void {
    watchClients(this.#registry, gauges);
    const registers = [this.#registry];
    new Gauge({
      name: 'outbox_oldest_age_seconds',
      help: 'Age of the oldest event that is not published',
      registers,
      async collect() {
        this.set(await orUnknown(async () => (await gauges.outbox()).oldestAgeSeconds));
      },
    });
    new Gauge({
      name: 'outbox_pending',
      help: 'Events that are committed and not published',
      registers,
      async collect() {
        this.set(await orUnknown(async () => (await gauges.outbox()).pending));
      },
    });
    new Gauge({
      name: 'parked_keys',
      help: 'Keys that wait because a record of theirs could not be handled',
      registers,
      async collect() {
        this.set(await orUnknown(async () => (await gauges.parkedKeys()).failed));
      },
    });
    new Gauge({
      name: 'aside_keys',
      help: 'Keys that are put aside and worked off by themselves',
      registers,
      async collect() {
        this.set(await orUnknown(async () => (await gauges.parkedKeys()).aside));
      },
    });
    new Gauge({
      name: 'consumer_lag',
      help: 'Records that the group has not committed',
      labelNames: ['topic', 'partition'],
      registers,
      async collect() {
        this.reset();
        const lags = await gauges.lag().catch(() => []);
        for (const { topic, partition, lag } of lags) this.set({ topic, partition }, lag);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  names(): string[] {
    return this.#registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .toSorted();
  }

  async one(name: string): Promise<MetricState | undefined> {
    const metric = this.#registry.getSingleMetric(name);
    if (!metric) return undefined;
    const { help, values } = await metric.get();
    const measurements = values.map((series) => ({
      // the parts of a histogram say which they are, in a property that the type leaves out
      name: (series as { readonly metricName?: string }).metricName ?? name,
      tags: series.labels as Record<string, string | number>,
      value: series.value,
    }));
    return { name, description: help, measurements };
  }

  requested({ method, route, status, seconds }: ObservedRequest): void {
    this.#requests.observe({ method, uri: route, status }, seconds);
  }

  shed(what: string): void {
    this.#shed.inc({ what });
  }

  published(count: number): void {
    this.#published.inc(count);
  }

  publishFailed(): void {
    this.#publishFailures.inc();
  }

  publishedAgain(count: number): void {
    this.#publishedAgain.inc(count);
  }

  handled(handler: string, event: string, outcome: string, seconds: number): void {
    this.#handlers.observe({ handler, event, outcome }, seconds);
    if (outcome === 'duplicate') this.#duplicates.inc({ handler });
    if (outcome === 'parked') this.#parked.inc({ handler });
  }

  unknownEvent(): void {
    // not by type: what others call their events is without bound
    this.#unknown.inc();
  }

  called(client: string, operation: string, outcome: string, seconds: number): void {
    this.#calls.observe({ client, operation, outcome }, seconds);
  }

  retried(client: string, operation: string): void {
    this.#retries.inc({ client, operation });
  }

  undone(operation: string, outcome: 'done' | 'failed'): void {
    this.#undos.inc({ operation, outcome });
  }

  close(): void {
    this.#registry.clear();
  }

  #histogram<L extends string>(name: string, help: string, labelNames: L[]): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.#registry] });
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }
}
