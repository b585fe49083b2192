import { isDeepStrictEqual } from 'node:util';
import { HooksDoNotSettleError, NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import type { DomainEventBase } from '../model/domain-event.js';
import {
  type Entity,
  assignId,
  assignVersion,
  fieldsOf,
  restore,
  setBaseline,
  snapshot,
  validated,
} from '../model/entity.js';
import { type Hook, hooksOf } from '../model/lifecycle-hooks.js';
import type { Row } from '../store/table-definition.js';
import type { Change, OutgoingEvent } from '../store/write-plan.js';
import type { Collection } from './collection.js';
import type { IdAllocator } from './id-allocator.js';
import type { Origin } from './origin.js';

/** How many rounds of hooks may change aggregates again before it is called a mistake. */
const MAX_ROUNDS = 20;

/** What goes makes room for what comes: a unique value may pass from one row to another in one unit of work. */
const TURN = { delete: 0, update: 1, insert: 2 };

/** What the unit of work knows of one entity. */
interface Tracked {
  readonly entity: Entity<object>;
  readonly collection: Collection;
  /** What is in the database; undefined when nothing is. */
  readonly stored:
    | { readonly version: number; readonly fields: Readonly<Record<string, unknown>> }
    | undefined;
  /** What the hooks have seen last; undefined before the first round of a new one. */
  flushed: Readonly<Record<string, unknown>> | undefined;
  removal: 'no' | 'asked' | 'flushed';
}

/** Makes an event ready to travel: in one record for each version in which it is published. */
export type EncodeEvent = (event: DomainEventBase, origin: Origin) => readonly OutgoingEvent[];

/**
 * One piece of work that happens as a whole or not at all. It keeps each entity once (the identity map), runs the hooks,
 * and collects what is to be written. Nothing here holds a connection, a lock or a transaction.
 */
export class UnitOfWork {
  readonly #tracked = new Map<Entity<object>, Tracked>();
  readonly #byId = new Map<Collection, Map<number, Tracked>>();
  readonly #events: OutgoingEvent[] = [];
  readonly #keeps = new Set<string>();
  #closed = false;

  constructor(
    readonly origin: Origin,
    private readonly ids: IdAllocator,
    private readonly encode: EncodeEvent,
  ) {}

  /** Encodes at once, so that an event that cannot travel fails where it is published. */
  publish(event: object): void {
    this.assertOpen(`${event.constructor.name}.publishAfterCommit()`);
    // only publishAfterCommit calls this, with itself
    this.#events.push(...this.encode(event as DomainEventBase, this.origin));
  }

  /** The call of that intent keeps its effect if, and only if, this unit of work is committed. */
  keep(intent: string): void {
    this.#keeps.add(intent);
  }

  /** The call of that intent has failed: it has no effect, whatever becomes of this unit of work. */
  drop(intent: string): void {
    this.#keeps.delete(intent);
  }

  /** The intents of the calls that it has made, or is about to make. */
  get keeps(): readonly string[] {
    return [...this.#keeps];
  }

  /** From here on nothing can be added to it: work that was not awaited gets an error and not a silent loss. */
  close(): void {
    this.#closed = true;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  assertOpen(what: string): void {
    if (this.#closed) throw new NoUnitOfWorkError(what);
  }

  /** The one instance for a row of the database; undefined when it was removed in this unit of work. */
  loaded(collection: Collection, row: Row): Entity<object> | undefined {
    const known = this.#byId.get(collection)?.get(row.id);
    if (known) return known.removal === 'no' ? known.entity : undefined;
    const fields = collection.mapping.fieldsOf(row.values);
    const entity = restore(collection.entityClass, row, fields);
    const stored = { version: row.version, fields: snapshot(fields) };
    this.#track({ entity, collection, stored, flushed: stored.fields, removal: 'no' });
    return entity;
  }

  /** The instance of that id, if this unit of work has it; null when it was removed here. */
  known(collection: Collection, id: number): Entity<object> | null | undefined {
    const known = this.#byId.get(collection)?.get(id);
    return known && (known.removal === 'no' ? known.entity : null);
  }

  /** All instances of a collection that are here and not removed. */
  *present(collection: Collection): Iterable<Entity<object>> {
    for (const { entity, collection: own, removal } of this.#tracked.values()) {
      if (own === collection && removal === 'no') yield entity;
    }
  }

  add(collection: Collection, entity: Entity<object>): void {
    const known = this.#tracked.get(entity);
    if (known?.removal === 'flushed' && known.flushed)
      throw new TypeError(`${nameOf(known)} was removed in this unit of work, and its hooks have run`);
    if (known) known.removal = 'no';
    else this.#track({ entity, collection, stored: undefined, flushed: undefined, removal: 'no' });
  }

  remove(entity: Entity<object>): void {
    const known = this.#tracked.get(entity);
    if (!known)
      throw new TypeError(
        `${entity.constructor.name} ${entity.id} was not read or added in this unit of work`,
      );
    if (known.removal === 'no') known.removal = 'asked';
  }

  /** Runs hooks until nothing changes any more. */
  async flush(): Promise<void> {
    for (let round = 1; ; round++) {
      const waiting = [...this.#tracked.values()].filter((tracked) => this.#hasWork(tracked));
      if (waiting.length === 0) return;
      if (round > MAX_ROUNDS) throw new HooksDoNotSettleError(MAX_ROUNDS, waiting.map(nameOf));
      // what the hooks of one did to another may leave that one with nothing to do
      for (const tracked of waiting) if (this.#hasWork(tracked)) await this.#flushOne(tracked);
    }
  }

  /** What there is to write, after the last flush. */
  result(): { readonly changes: readonly Change[]; readonly events: readonly OutgoingEvent[] } {
    return { changes: this.#changed().map(({ change }) => change), events: this.#events };
  }

  /** Gives the instances the versions that the commit has given their rows. */
  committed(versions: readonly number[]): void {
    this.#changed().forEach(({ tracked }, index) => assignVersion(tracked.entity, versions[index]!));
  }

  #track(tracked: Tracked): void {
    this.#tracked.set(tracked.entity, tracked);
    if (tracked.entity.id !== 0) this.#index(tracked);
  }

  #index(tracked: Tracked): void {
    let ofCollection = this.#byId.get(tracked.collection);
    if (!ofCollection) this.#byId.set(tracked.collection, (ofCollection = new Map()));
    ofCollection.set(tracked.entity.id, tracked);
  }

  #hasWork({ entity, collection, flushed, removal }: Tracked): boolean {
    if (removal !== 'no') return removal === 'asked';
    return (
      flushed === undefined || !isDeepStrictEqual(flushed, fieldsOf(entity, collection.entityClass.schema))
    );
  }

  async #flushOne(tracked: Tracked): Promise<void> {
    const isNew = tracked.flushed === undefined;
    if (tracked.removal === 'asked') {
      tracked.removal = 'flushed';
      // one that was added and removed again before any hook of it ran has never been there
      if (isNew) return;
      await runHooks(tracked, 'PreRemove');
      await runHooks(tracked, 'PostRemove');
      return;
    }
    if (isNew && tracked.entity.id === 0) {
      assignId(tracked.entity, await this.ids.next(tracked.collection.table));
      this.#index(tracked);
    }
    await runHooks(tracked, isNew ? 'PrePersist' : 'PreUpdate');
    // its own hook removed it: the next round sees to that
    if (wantsRemoval(tracked)) return;
    tracked.flushed = this.#validate(tracked);
    await runHooks(tracked, isNew ? 'PostPersist' : 'PostUpdate');
    // only now, so that the hooks above could ask what changed; what they changed themselves is found in the next round
    setBaseline(tracked.entity, tracked.flushed);
  }

  #validate(tracked: Tracked): Record<string, unknown> {
    const { entity, collection } = tracked;
    const { schema } = collection.entityClass;
    const fields = validated(nameOf(tracked), schema, fieldsOf(entity, schema));
    Object.assign(entity, fields);
    return snapshot(fields);
  }

  #changed(): { tracked: Tracked; change: Change }[] {
    const changes: { tracked: Tracked; change: Change }[] = [];
    for (const tracked of this.#tracked.values()) {
      const change = changeOf(tracked);
      if (change) changes.push({ tracked, change });
    }
    return changes.toSorted((a, b) => TURN[a.change.kind] - TURN[b.change.kind]);
  }
}

async function runHooks({ entity }: Tracked, hook: Hook): Promise<void> {
  for (const method of hooksOf(entity, hook)) {
    await (Reflect.get(entity, method) as () => unknown).call(entity);
  }
}

function wantsRemoval({ removal }: Tracked): boolean {
  return removal !== 'no';
}

function nameOf({ entity }: Tracked): string {
  return `${entity.constructor.name} ${entity.id}`;
}

function changeOf({ entity, collection, stored, flushed, removal }: Tracked): Change | undefined {
  const { table, mapping } = collection;
  const gone = removal !== 'no';
  if (!stored)
    return gone
      ? undefined
      : { kind: 'insert', table, id: entity.id, values: mapping.valuesOf(flushed ?? {}) };
  const expectedVersion = stored.version;
  if (gone) return { kind: 'delete', table, id: entity.id, expectedVersion };
  const before = mapping.valuesOf(stored.fields);
  const after = Object.entries(mapping.valuesOf(flushed ?? {}));
  const values = after.filter(([name, value]) => !isDeepStrictEqual(value, before[name]));
  if (values.length === 0) return undefined;
  return { kind: 'update', table, id: entity.id, expectedVersion, values: Object.fromEntries(values) };
}
