import { join } from 'node:path';
import { z } from 'zod';
import type { FastifyInstance } from 'fastify';
import type { ActuatorSource } from '../../src/http/actuator/actuator-source.js';
import type { HttpLimits } from '../../src/http/http-limits.js';
import { RequestSlots, fixedBound } from '../../src/http/load/request-slots.js';
import type { ObservedRequest } from '../../src/http/http-app.js';
import { buildServiceApp } from '../../src/http/service-app.js';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import { systemClock } from '../../src/kernel/clock.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import type { Injector } from '../../src/model/ambient.js';
import { Command } from '../../src/model/command.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { PostPersist, PostUpdate, PrePersist } from '../../src/model/lifecycle-hooks.js';
import { repositoryOf } from '../../src/model/repository.js';
import type { Token } from '../../src/model/token.js';
import { ReadModel, View } from '../../src/model/view-handler.js';
import { Collection } from '../../src/runtime/collection.js';
import { EventCodec } from '../../src/runtime/event-codec.js';
import { IdAllocator } from '../../src/runtime/id-allocator.js';
import { UnitRepository } from '../../src/runtime/unit-repository.js';
import { UnitsOfWork } from '../../src/runtime/units-of-work.js';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

export const orderState = z.object({
  product: z.string().min(1),
  qty: z.number().int().positive(),
  cost: z.number().int().nonnegative().default(0),
  express: z.boolean().optional(),
  status: z.enum(['OrderPlaced', 'OrderCancelled']).default('OrderPlaced'),
  due: z.date().nullable().default(null),
  serial: z.bigint().optional(),
  extras: z.record(z.string(), z.unknown()).optional(),
  takenBy: z.string().meta({ readOnly: true }),
});

export class OrderChanged extends DomainEvent('OrderChanged', z.object({ id: z.number() }), {
  key: (e) => e.id,
}) {}

/** What a hook of the test does in the middle of a change. */
export const during: { persist: () => unknown; update: () => unknown } = {
  persist: () => {},
  update: () => {},
};

@Aggregate({
  collection: 'orders',
  finders: { findByStatus: ['status'], findByProductAndQty: ['product', 'qty'], findByExpress: ['express'] },
  unique: ['serial'],
})
export class Order extends AggregateRoot(orderState) {
  @PrePersist()
  take() {
    this.takenBy = 'the house';
  }

  @PostPersist()
  async placed() {
    new OrderChanged(this).publishAfterCommit();
    await during.persist();
  }

  @PostUpdate()
  async changedNow() {
    new OrderChanged(this).publishAfterCommit();
    await during.update();
  }

  @Command('PUT', 'cancel')
  cancel() {
    if (this.status === 'OrderCancelled') throw new DomainError(`order ${this.id} is cancelled already`);
    this.status = 'OrderCancelled';
  }

  @Command('POST', 'more', { body: z.object({ by: z.number().int().positive() }) })
  more({ by }: { by: number }) {
    this.qty += by;
  }
}

@View({ collection: 'orderTraces', finders: { findByStatus: ['status'] } })
export class OrderTrace extends ReadModel(z.object({ status: z.string().default('new') })) {}

export interface Shop extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly orders: Collection;
  readonly traces: Collection;
  readonly observed: ObservedRequest[];
  readonly slots: RequestSlots;
  readonly logged: { readonly level: string; readonly fields: any; readonly message: string }[];
  /** What `phase` tells the app. */
  phase: 'starting' | 'running' | 'draining';
  /** How many rows and outgoing events there are. */
  written(): Promise<{ readonly orders: number; readonly events: number }>;
  /** Listens on a free port; gives the URL. */
  listen(): Promise<string>;
}

export interface ShopOptions {
  /** Default: 1,000. */
  readonly slots?: RequestSlots;
  readonly limits?: Partial<HttpLimits>;
  readonly actuator?: Partial<ActuatorSource>;
  readonly wrapStore?: (store: Store) => Store;
}

/** A service with orders and a view of them, on a real store. */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const folder = temporaryFolder();
  const own = new SqliteStore({
    path: join(folder.path, 'shop.db'),
    clock: systemClock,
    random: Math.random,
  });
  await own.open();
  const store = options.wrapStore?.(own) ?? own;
  const orders = new Collection('aggregate', Order, store);
  const traces = new Collection('view', OrderTrace, store);
  await store.ensureTables([orders.table, traces.table]);

  const codec = new EventCodec({
    service: 'shop',
    topic: 't',
    events: [OrderChanged],
    maxRecordBytes: 1e6,
    clock: systemClock,
  });
  const registered = new Map<unknown, unknown>();
  const injector: Injector = { resolve: <T>(token: Token<T>) => registered.get(token) as T };
  const units = new UnitsOfWork(store, new IdAllocator(store), codec.encodeAll, injector, {
    clock: systemClock,
    random: Math.random,
    abandoned: () => {},
  });
  for (const collection of [orders, traces]) {
    registered.set(
      repositoryOf(collection.entityClass),
      new UnitRepository(collection, store, (what) => units.running(what)),
    );
  }

  const observed: ObservedRequest[] = [];
  const logged: Shop['logged'] = [];
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message });
  const slots = options.slots ?? new RequestSlots(fixedBound(1_000), systemClock);
  const app = buildServiceApp({
    name: 'shop',
    version: '1.2.3',
    collections: [orders, traces],
    units,
    requests: store.requests,
    requestsKeptForMs: 86_400_000,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    actuator: { ...healthy, ...options.actuator },
    phase: () => shop.phase,
    slots,
    observeRequest: (request) => observed.push(request),
    ...(options.limits && { limits: options.limits }),
  });
  const shop: Shop = {
    app,
    store,
    orders,
    traces,
    observed,
    slots,
    logged,
    phase: 'running',
    written: async () => ({
      orders: await store.count(orders.table, []),
      events: (await store.outbox.status()).pending,
    }),
    listen: () => app.listen({ port: 0, host: '127.0.0.1' }),
    async [Symbol.asyncDispose]() {
      during.persist = during.update = () => {};
      app.server.closeAllConnections();
      await app.close();
      await own.close();
      folder[Symbol.dispose]();
    },
  };
  await app.ready();
  return shop;
}

const healthy: ActuatorSource = {
  health: () => Promise.resolve({ status: 'UP', components: { store: { status: 'UP' } } }),
  liveness: () => Promise.resolve({ status: 'UP' }),
  readiness: () => Promise.resolve({ status: 'UP' }),
  info: () => ({ app: { name: 'shop' } }),
};

/** A row of the view, as its handler would write it. */
export async function putTrace(shop: Shop, id: number, status: string): Promise<void> {
  await shop.store.commit({
    id: `trace ${id}`,
    changes: [{ kind: 'insert', table: shop.traces.table, id, values: { status } }],
    events: [],
  });
}
