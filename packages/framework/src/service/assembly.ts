import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Broker } from '../broker/broker.js';
import type { Clock } from '../kernel/clock.js';
import type { AnyEntityClass } from '../model/entity.js';
import { type HandlerClass, handlerNote } from '../model/handler-note.js';
import { feignClientNote } from '../model/feign-client.js';
import { repositoryOf } from '../model/repository.js';
import { type ServiceDefinition, modelsOf } from '../model/service-definition.js';
import { Collection } from '../runtime/collection.js';
import { EventConsumer } from '../runtime/consumer/event-consumer.js';
import { Handler } from '../runtime/consumer/handler.js';
import { RecordHandling } from '../runtime/consumer/record-handling.js';
import { RecordParking } from '../runtime/consumer/record-parking.js';
import { Redrive } from '../runtime/consumer/redrive.js';
import { ViewRows } from '../runtime/consumer/view-rows.js';
import { EventCodec } from '../runtime/event-codec.js';
import { IdAllocator } from '../runtime/id-allocator.js';
import { InboxPruning } from '../runtime/inbox-pruning.js';
import { Pruning } from '../runtime/pruning.js';
import { LiveGeneration } from '../runtime/rebuild/live-generation.js';
import { ViewRebuilds } from '../runtime/rebuild/view-rebuilds.js';
import { OutboxRelay } from '../runtime/outbox-relay.js';
import { CallUndoing } from '../runtime/remote/call-undoing.js';
import type { ClientParts } from '../runtime/remote/client-link.js';
import type { ClientStates } from '../runtime/remote/client-states.js';
import type { RemoteCaller } from '../runtime/remote/remote-caller.js';
import { UnitRepository } from '../runtime/unit-repository.js';
import { UnitsOfWork } from '../runtime/units-of-work.js';
import type { Store } from '../store/store.js';
import type { Loggers } from './loggers.js';
import type { Metrics } from './metrics.js';
import { rebuildConsumer } from './rebuild-consumer.js';
import { ServiceContainer } from './service-container.js';
import { type Environment, type ServiceSettings, settingOf, urlSettingOf, urlsIn } from './settings.js';

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
  /** Makes what makes its clients work; only a service with clients needs it. */
  readonly callerOf: ((parts: ClientParts) => RemoteCaller) | undefined;
}

/** All parts of one service, put together and not started. */
export class Assembly {
  readonly collections: readonly Collection[];
  readonly units: UnitsOfWork;
  readonly ids: IdAllocator;
  readonly undoing: CallUndoing;
  readonly relay: OutboxRelay;
  /** Undefined for a service that reacts to nothing. */
  readonly consumer: EventConsumer | undefined;
  readonly redrive: Redrive;
  readonly rebuilds: ViewRebuilds;
  readonly pruning: readonly Pruning[];
  readonly #views: readonly {
    readonly collection: Collection;
    readonly handlerClasses: readonly HandlerClass[];
    /** Their ids, without a generation. */
    readonly handlers: readonly string[];
    readonly live: LiveGeneration;
  }[];
  readonly #container: ServiceContainer;
  readonly #caller: RemoteCaller | undefined;

  constructor(options: AssemblyOptions) {
    const { definition, settings, store, broker, clock, random, loggers, metrics } = options;
    const maxRecordBytes = Math.min(settings.MAX_EVENT_BYTES, broker.capabilities.maxRecordBytes);
    const codec = new EventCodec({
      service: definition.name,
      topic: settings.TOPIC,
      events: definition.events,
      maxRecordBytes,
      clock,
    });
    this.#container = new ServiceContainer(definition.name);
    this.ids = new IdAllocator(store);
    const undoing = new CallUndoing({
      intents: store.intents,
      clock,
      random,
      logger: loggers.get('client'),
      instruments: metrics,
    });
    this.undoing = undoing;
    this.units = new UnitsOfWork(store, this.ids, codec.encodeAll, this.#container, {
      clock,
      random,
      abandoned: (intents) => undoing.abandon(intents),
    });
    this.#caller = options.callerOf?.({
      instruments: metrics,
      clock,
      random,
      logger: loggers.get('client'),
      undoing,
    });

    const aggregates: readonly AnyEntityClass[] = definition.aggregates;
    const repositories = [
      ...aggregates.map((one) => this.#repository(new Collection('aggregate', one, store), store)),
      ...modelsOf(definition).map((one) => this.#repository(new Collection('view', one, store), store)),
    ];
    this.collections = repositories.map(({ collection }) => collection);
    this.#putClients(options);
    for (const { provide, useFactory } of definition.providers)
      this.#container.putFactory(provide, useFactory);

    const common = { codec, clock, random, logger: loggers.get('consumer'), instruments: metrics };
    const owner = `${hostname()}/${process.pid}/${randomUUID()}`;
    const moved = async () => this.consumer?.workOffAside();
    this.#views = this.collections
      .filter(({ kind }) => kind === 'view')
      .map((collection) => {
        const handlerClasses = definition.views.filter(
          (view) => handlerNote.of(view)!.model === collection.entityClass,
        );
        const ids = handlerClasses.map((handlerClass) => handlerNote.of(handlerClass)!.id);
        const { name, table } = collection;
        const live = new LiveGeneration({ ...common, name, table, handlers: ids, store, owner, moved });
        return { collection, handlerClasses, handlers: ids, live };
      });
    const rows = new ViewRows(new Map(repositories.map((one) => [one.collection.entityClass, one])));
    const handlers = [...definition.policies, ...definition.views].map((handlerClass) => {
      this.#container.putClass(handlerClass);
      const view = this.#views.find(({ handlerClasses }) => handlerClasses.includes(handlerClass));
      return new Handler(handlerClass, this.#container, rows.call, view?.live);
    });
    const lot = store.parking;
    const parking = new RecordParking({ ...common, parking: lot });
    const handling = new RecordHandling({
      ...common,
      units: this.units,
      parking,
      handlerTimeoutMs: settings.HANDLER_TIMEOUT_MS,
    });
    const freed = () => void this.consumer?.workOffAside();
    this.redrive = new Redrive({ ...common, lot, parking, handling, handlers, freed });
    const reading = { ...common, broker, topic: settings.TOPIC, lot, flush: () => store.flush() };
    this.consumer =
      handlers.length === 0
        ? undefined
        : new EventConsumer({
            ...reading,
            group: definition.name,
            handlers,
            handling,
            parking,
            concurrency: settings.HANDLER_CONCURRENCY,
          });
    this.rebuilds = new ViewRebuilds({
      ...common,
      service: definition.name,
      store,
      broker,
      owner,
      views: this.#views.map(({ collection, handlerClasses, handlers: ids, live }) => ({
        collection,
        handlers: ids,
        swapped: () => live.load(),
        consumerOf: (next, fail) =>
          rebuildConsumer(
            {
              ...reading,
              live: collection,
              handlerClasses,
              store,
              ids: this.ids,
              container: this.#container,
              handlerTimeoutMs: settings.HANDLER_TIMEOUT_MS,
              // what is live goes on beside it
              concurrency: Math.ceil(settings.HANDLER_CONCURRENCY / 2),
            },
            next,
            fail,
          ),
      })),
    });
    this.relay = new OutboxRelay({
      store,
      broker,
      owner,
      clock,
      random,
      logger: loggers.get('relay'),
      instruments: metrics,
    });
    const inboxPruning = new InboxPruning(
      store,
      clock,
      settings.INBOX_RETENTION_MS,
      loggers.get('store'),
      (time) => this.consumer?.hasReadUpTo(time) ?? Promise.resolve(true),
    );
    const requestPruning = new Pruning({
      clock,
      logger: loggers.get('store'),
      what: 'old answers to requests with a key',
      prune: (limit) => store.requests.prune(settings.IDEMPOTENCY_RETENTION_MS, limit),
    });
    this.pruning = [inboxPruning, requestPruning];
  }

  /** Begins to react to events; the views go on with the generation that is live. */
  async startConsumer(): Promise<void> {
    await Promise.all(this.#views.map(({ live }) => live.load()));
    await this.consumer?.start();
  }

  /** Undefined: it calls nobody. */
  get clients(): ClientStates | undefined {
    return this.#caller;
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
      this.#container.put<object>(client, this.#caller!.wired(client, urlsIn(url)));
    }
  }
}
