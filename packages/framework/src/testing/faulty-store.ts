import type { CallIntents } from '../store/call-intents.js';
import type { Leases } from '../store/leases.js';
import type { Outbox } from '../store/outbox.js';
import type { ParkingLot } from '../store/parking-lot.js';
import type { RequestRecords } from '../store/request-records.js';
import type { Selection } from '../store/selection.js';
import type { IdBlock, Store, StoreCapabilities } from '../store/store.js';
import type { TableDefinition } from '../store/table-definition.js';
import type { ViewGenerations } from '../store/view-generations.js';
import type { WritePlan } from '../store/write-plan.js';
import { FaultPoints } from './fault-points.js';
import type { PortCalls } from './port-calls.js';

/** The points of a store: `commit`, `outbox.remove`, `intents.open`, … */
export type StoreCalls = PortCalls<Store> &
  PortCalls<Outbox, 'outbox.'> &
  PortCalls<Leases, 'leases.'> &
  PortCalls<ParkingLot, 'parking.'> &
  PortCalls<ViewGenerations, 'views.'> &
  PortCalls<CallIntents, 'intents.'> &
  PortCalls<RequestRecords, 'requests.'>;

/**
 * A store with faults in it. As long as none is armed it does what the store does that it stands around.
 *
 * @example
 * let store!: FaultyStore;
 * await using shop = await startTestService(shopService, {
 *   engines: { store: (real) => (store = new FaultyStore(real)) },
 * });
 * store.failNext('commit', new StoreUnavailableError('shop'));
 * expect((await shop.request('POST', '/orders', { product: 'tea' })).status).toBe(503);
 */
export class FaultyStore extends FaultPoints<StoreCalls> implements Store {
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly parking: ParkingLot;
  readonly views: ViewGenerations;
  readonly intents: CallIntents;
  readonly requests: RequestRecords;

  constructor(private readonly store: Store) {
    super();
    this.outbox = this.#faultyOutbox(store.outbox);
    this.leases = this.#faultyLeases(store.leases);
    this.parking = this.#faultyParking(store.parking);
    this.views = this.#faultyViews(store.views);
    this.intents = this.#faultyIntents(store.intents);
    this.requests = this.#faultyRequests(store.requests);
  }

  get capabilities(): StoreCapabilities {
    return this.store.capabilities;
  }

  open() {
    return this.around('open', [], () => this.store.open());
  }

  ensureTables(tables: readonly TableDefinition[]) {
    return this.around('ensureTables', [tables], () => this.store.ensureTables(tables));
  }

  schemaSql(tables: readonly TableDefinition[]) {
    return this.store.schemaSql(tables);
  }

  reserveIds(table: TableDefinition, count: number) {
    return this.around('reserveIds', [table, count], () => this.store.reserveIds(table, count));
  }

  releaseIds(table: TableDefinition, unused: IdBlock) {
    return this.around('releaseIds', [table, unused], () => this.store.releaseIds(table, unused));
  }

  get(table: TableDefinition, id: number) {
    return this.around('get', [table, id], () => this.store.get(table, id));
  }

  select(table: TableDefinition, selection: Selection) {
    return this.around('select', [table, selection], () => this.store.select(table, selection));
  }

  count(table: TableDefinition, where: Selection['where']) {
    return this.around('count', [table, where], () => this.store.count(table, where));
  }

  commit(plan: WritePlan) {
    return this.around('commit', [plan], () => this.store.commit(plan));
  }

  flush() {
    return this.around('flush', [], () => this.store.flush());
  }

  pruneInbox(ageMs: number, limit: number) {
    return this.around('pruneInbox', [ageMs, limit], () => this.store.pruneInbox(ageMs, limit));
  }

  ping() {
    return this.around('ping', [], () => this.store.ping());
  }

  close() {
    return this.around('close', [], () => this.store.close());
  }

  #faultyOutbox(outbox: Outbox): Outbox {
    return {
      read: (limit) => this.around('outbox.read', [limit], () => outbox.read(limit)),
      remove: (positions, lease) =>
        this.around('outbox.remove', [positions, lease], () => outbox.remove(positions, lease)),
      status: () => this.around('outbox.status', [], () => outbox.status()),
      onAppended: (listener) => outbox.onAppended(listener),
    };
  }

  #faultyLeases(leases: Leases): Leases {
    return {
      acquire: (name, owner, ttlMs) =>
        this.around('leases.acquire', [name, owner, ttlMs], () => leases.acquire(name, owner, ttlMs)),
      renew: (lease, ttlMs) => this.around('leases.renew', [lease, ttlMs], () => leases.renew(lease, ttlMs)),
      release: (lease) => this.around('leases.release', [lease], () => leases.release(lease)),
    };
  }

  #faultyParking(parking: ParkingLot): ParkingLot {
    return {
      park: (record) => this.around('parking.park', [record], () => parking.park(record)),
      parkBehind: (record) => this.around('parking.parkBehind', [record], () => parking.parkBehind(record)),
      first: (handler, key, position) =>
        this.around('parking.first', [handler, key, position], () => parking.first(handler, key, position)),
      records: (handler, key, after, limit) =>
        this.around('parking.records', [handler, key, after, limit], () =>
          parking.records(handler, key, after, limit),
        ),
      keys: (after, limit) => this.around('parking.keys', [after, limit], () => parking.keys(after, limit)),
      count: (only) => this.around('parking.count', [only], () => parking.count(only)),
      failedAgain: (position, reason, attempts) =>
        this.around('parking.failedAgain', [position, reason, attempts], () =>
          parking.failedAgain(position, reason, attempts),
        ),
      drop: (position, mark) =>
        this.around('parking.drop', [position, mark], () => parking.drop(position, mark)),
    };
  }

  #faultyViews(views: ViewGenerations): ViewGenerations {
    return {
      current: (view) => this.around('views.current', [view], () => views.current(view)),
      beginRebuild: (view, table) =>
        this.around('views.beginRebuild', [view, table], () => views.beginRebuild(view, table)),
      hold: (view, generation) =>
        this.around('views.hold', [view, generation], () => views.hold(view, generation)),
      swap: (view, generation, table, handlers) =>
        this.around('views.swap', [view, generation, table, handlers], () =>
          views.swap(view, generation, table, handlers),
        ),
      abandon: (view, generation, table) =>
        this.around('views.abandon', [view, generation, table], () => views.abandon(view, generation, table)),
      dropOld: (table) => this.around('views.dropOld', [table], () => views.dropOld(table)),
    };
  }

  #faultyIntents(intents: CallIntents): CallIntents {
    return {
      open: (intent) => this.around('intents.open', [intent], () => intents.open(intent)),
      abandon: (ids) => this.around('intents.abandon', [ids], () => intents.abandon(ids)),
      due: (limit, againMs) =>
        this.around('intents.due', [limit, againMs], () => intents.due(limit, againMs)),
      undone: (id) => this.around('intents.undone', [id], () => intents.undone(id)),
      failed: (id, againMs, reason) =>
        this.around('intents.failed', [id, againMs, reason], () => intents.failed(id, againMs, reason)),
      abandoned: (limit) => this.around('intents.abandoned', [limit], () => intents.abandoned(limit)),
      status: () => this.around('intents.status', [], () => intents.status()),
    };
  }

  #faultyRequests(requests: RequestRecords): RequestRecords {
    return {
      find: (key) => this.around('requests.find', [key], () => requests.find(key)),
      prune: (ageMs, limit) =>
        this.around('requests.prune', [ageMs, limit], () => requests.prune(ageMs, limit)),
    };
  }
}
