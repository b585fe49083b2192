import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { InvalidStateError } from '../kernel/errors/model-errors.js';
import { IN_PLAIN_WORDS, fieldErrors } from './field-errors.js';

/** The schema of a state: a flat object of fields. */
export type StateSchema = z.ZodObject;

declare const stateType: unique symbol;

/** What is known of an instance beside its fields. */
interface Identity {
  id: number;
  version: number;
  /** The fields as they were at the last flush; undefined for one that is new. */
  baseline: Readonly<Record<string, unknown>> | undefined;
}

const identities = new WeakMap<Entity<object>, Identity>();

/** Marks state that was validated before, so that it is not validated again. */
class TrustedState {
  constructor(
    readonly fields: Readonly<Record<string, unknown>>,
    readonly identity: { readonly id: number; readonly version: number } | undefined,
  ) {}
}

/** A thing with an id, a version and the fields of a schema: an aggregate or a row of a read model. */
export abstract class Entity<S extends object> {
  /** For types only: the state that the schema describes. */
  declare readonly [stateType]?: S;

  /** Its number, from 1. 0 as long as it is new and the unit of work has not given it one (it does before `PrePersist`). */
  get id(): number {
    return identityOf(this).id;
  }

  /** 1 when first stored, one more with each change; 0 as long as it is new. */
  get version(): number {
    return identityOf(this).version;
  }

  /**
   * Whether the field differs from what it was when this was loaded, or at the last round of hooks. Of a new one every
   * field that has a value has changed.
   */
  changed(field: keyof S & string): boolean {
    return !isDeepStrictEqual(this.previous(field), (this as Record<string, unknown>)[field]);
  }

  /** What the field was when this was loaded, or at the last round of hooks; undefined for a new one. */
  previous<K extends keyof S & string>(field: K): S[K] | undefined {
    return identityOf(this).baseline?.[field] as S[K] | undefined;
  }
}

/** The state of an entity. */
export type StateOf<T> = T extends { readonly [stateType]?: infer S } ? NonNullable<S> : never;

/** The class of an entity: what `AggregateRoot(schema)` and `ReadModel(schema)` make, and what extends it. */
export interface EntityClass<T extends Entity<object>> {
  new (state: never): T;
  readonly schema: StateSchema;
  readonly name: string;
  readonly prototype: T;
}

/** An aggregate class without its type: what a service lists. */
export type AnyEntityClass = EntityClass<Entity<object>>;

/** Sets a new entity up with the fields given by a team (validated) or by the framework (trusted). */
export function initialise(entity: Entity<object>, schema: StateSchema, given: unknown): void {
  const trusted = given instanceof TrustedState ? given : undefined;
  const fields = trusted ? trusted.fields : validated(entity.constructor.name, schema, given);
  Object.assign(entity, fields);
  identities.set(entity, {
    id: trusted?.identity?.id ?? 0,
    version: trusted?.identity?.version ?? 0,
    baseline: trusted?.identity && snapshot(fields),
  });
}

/** An entity as it is in the database. */
export function restore<T extends Entity<object>>(
  entityClass: EntityClass<T>,
  identity: { readonly id: number; readonly version: number },
  fields: Readonly<Record<string, unknown>>,
): T {
  return new entityClass(new TrustedState(fields, identity) as never);
}

/** A new entity from fields that were validated before. */
export function create<T extends Entity<object>>(
  entityClass: EntityClass<T>,
  fields: Readonly<Record<string, unknown>>,
): T {
  return new entityClass(new TrustedState(fields, undefined) as never);
}

export function assignId(entity: Entity<object>, id: number): void {
  identityOf(entity).id = id;
}

export function assignVersion(entity: Entity<object>, version: number): void {
  identityOf(entity).version = version;
}

/** The fields as they are now, of those that the schema names; undefined ones are left out. */
export function fieldsOf(entity: object, schema: StateSchema): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(schema.shape)) {
    const value: unknown = Reflect.get(entity, name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

/** From now on `changed` compares with these fields. */
export function setBaseline(entity: Entity<object>, fields: Readonly<Record<string, unknown>>): void {
  identityOf(entity).baseline = snapshot(fields);
}

/** Checks the fields of an entity against its schema. @throws InvalidStateError */
export function validated(what: string, schema: StateSchema, fields: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(fields, IN_PLAIN_WORDS);
  if (!parsed.success) throw new InvalidStateError(what, fieldErrors(parsed.error));
  return namedFields(schema, parsed.data);
}

/** A loose schema lets anything through; on an object with behaviour it could take the place of a method. */
export function namedFields(
  schema: z.ZodObject,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(schema.shape)
      .filter((name) => Object.hasOwn(fields, name))
      .map((name) => [name, fields[name]]),
  );
}

/** A copy that later changes of the fields do not reach, not even inside of arrays and objects. */
export function snapshot(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    copy[name] = typeof value === 'object' && value !== null ? structuredClone(value) : value;
  }
  return copy;
}

function identityOf(entity: Entity<object>): Identity {
  return identities.get(entity)!;
}
