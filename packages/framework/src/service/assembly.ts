import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Broker } from '../broker/broker.js';
import type { Clock } from '../kernel/clock.js';
import type { AnyEntityClass } from '../model/entity.js';
import { feignClientNote } from '../model/feign-client.js';
import { repositoryOf } from '../model/repository.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import { Collection } from '../runtime/collection.js';
import { EventConsumer } from '../runtime/consumer/event-consumer.js';
import { Handler } from '../runtime/consumer/handler.js';
import { RecordHandling } from '../runtime/consumer/record-handling.js';
import { Redrive } from '../runtime/consumer/redrive.js';
import { ViewRows } from '../runtime/consumer/view-rows.js';
import { EventCodec } from '../runtime/event-codec.js';
import { IdAllocator } from '../runtime/id-allocator.js';
import { InboxPruning } from '../runtime/inbox-pruning.js';
import { OutboxRelay } from '../runtime/outbox-relay.js';
import type { RemoteCaller } from '../runtime/remote/remote-caller.js';
import { UnitRepository } from '../runtime/unit-repository.js';
import { UnitsOfWork } from '../runtime/units-of-work.js';
import type { Store } from '../store/store.js';
import { modelsOf } from './boot-check.js';
import type { Loggers } from './loggers.js';
import type { Metrics } from './metrics.js';
import { ServiceContainer } from './service-container.js';
import { type Environment, type ServiceSettings, settingOf, urlSettingOf } from './settings.js';

export interface AssemblyOptions {
  readonly definition: ServiceDefinition;
  readonly settings: ServiceSettings;
  readonly environment: Environment;
  readonly store: Store;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly random: () => number;
  readonly loggers: Loggers;
  readonly metrics: Metrics;
  /** Makes its clients work; only a service with clients needs one. */
  readonly caller: RemoteCaller | undefined;
}

/** All parts of one service, put together and not started. */
export class Assembly {
  readonly collections: readonly Collection[];
  readonly units: UnitsOfWork;
  readonly ids: IdAllocator;
  readonly relay: OutboxRelay;
  /** Undefined for a service that reacts to nothing. */
  readonly consumer: EventConsumer | undefined;
  readonly redrive: Redrive;
  readonly pruning: InboxPruning;
  readonly #container: ServiceContainer;
  readonly #caller: RemoteCaller | undefined;

  constructor(options: AssemblyOptions) {
    const { definition, settings, store, broker, clock, random, loggers, metrics } = options;
    const { maxRecordBytes } = broker.capabilities;
    const codec = new EventCodec({
      service: definition.name,
      topic: settings.TOPIC,
      events: definition.events,
      maxRecordBytes,
      clock,
    });
    this.#container = new ServiceContainer(definition.name);
    this.ids = new IdAllocator(store);
    this.units = new UnitsOfWork(store, this.ids, codec.encode, this.#container);
    this.#caller = options.caller;

    const aggregates: readonly AnyEntityClass[] = definition.aggregates;
    const repositories = [
      ...aggregates.map((one) => this.#repository(new Collection('aggregate', one, store), store)),
      ...modelsOf(definition).map((one) => this.#repository(new Collection('view', one, store), store)),
    ];
    this.collections = repositories.map(({ collection }) => collection);
    this.#putClients(options);
    for (const { provide, useFactory } of definition.providers)
      this.#container.putFactory(provide, useFactory);

    const rows = new ViewRows(new Map(repositories.map((one) => [one.collection.entityClass, one])));
    const handlers = [...definition.policies, ...definition.views].map((handlerClass) => {
      this.#container.putClass(handlerClass);
      return new Handler(handlerClass, this.#container, rows.call);
    });
    const common = { codec, clock, random, logger: loggers.get('consumer'), instruments: metrics };
    const handling = new RecordHandling({
      ...common,
      units: this.units,
      parking: store.parking,
      handlerTimeoutMs: settings.HANDLER_TIMEOUT_MS,
    });
    this.redrive = new Redrive({ ...common, parking: store.parking, handling, handlers });
    this.consumer =
      handlers.length === 0
        ? undefined
        : new EventConsumer({
            ...common,
            broker,
            group: definition.name,
            topic: settings.TOPIC,
            handlers,
            handling,
            flush: () => store.flush(),
            concurrency: settings.HANDLER_CONCURRENCY,
          });
    const owner = `${hostname()}/${process.pid}/${randomUUID()}`;
    this.relay = new OutboxRelay({
      store,
      broker,
      owner,
      clock,
      random,
      logger: loggers.get('relay'),
      instruments: metrics,
    });
    this.pruning = new InboxPruning(
      store,
      clock,
      settings.INBOX_RETENTION_MS,
      loggers.get('store'),
      (time) => this.consumer?.hasReadUpTo(time) ?? Promise.resolve(true),
    );
  }

  async close(): Promise<void> {
    await this.#caller?.close();
    await this.#container.dispose();
  }

  #repository(collection: Collection, store: Store): { collection: Collection; repository: UnitRepository } {
    const repository = new UnitRepository(collection, store, (what) => this.units.running(what));
    this.#container.put(repositoryOf(collection.entityClass), repository);
    return { collection, repository };
  }

  #putClients({ definition, environment }: AssemblyOptions): void {
    for (const client of definition.clients) {
      const note = feignClientNote.of(client)!;
      const url = settingOf(environment, urlSettingOf(note.name)) ?? note.url!;
      this.#container.put<object>(client, this.#caller!.wired(client, url));
    }
  }
}
