import type { Criteria, SortOrder } from './criteria.js';
import type { Entity, EntityClass, StateOf } from './entity.js';
import type { SymbolToken } from './token.js';

/** One page of a search. */
export interface Page<T> {
  readonly content: readonly T[];
  /** Counted from 0. */
  readonly number: number;
  readonly size: number;
  readonly totalElements: number;
  readonly totalPages: number;
}

/**
 * The aggregates of one class, inside of a unit of work. The same id gives the same instance all along; what is changed
 * on it is stored when the unit of work ends, there is no `save`.
 */
export interface Repository<T extends Entity<object>> {
  /** The one with that id, or undefined. */
  find(id: number): Promise<T | undefined>;

  /** The one with that id. @throws NotFoundError */
  get(id: number): Promise<T>;

  /**
   * All that fit, by id; what this unit of work has added, changed or removed counts. For short lists: throws
   * `TooManyRowsError` above 10,000 rows.
   */
  findBy(criteria: Criteria<StateOf<T>>): Promise<T[]>;

  /** One page of those that fit, as they are in the database. `page` counts from 0, `size` is 1000 at the most. */
  page(
    criteria: Criteria<StateOf<T>>,
    page?: number,
    size?: number,
    sort?: readonly SortOrder<StateOf<T>>[],
  ): Promise<Page<T>>;

  /** Adds a new one; it gets its id before its `PrePersist` hooks run. */
  add(entity: T): void;

  /** Removes it with the commit. */
  remove(entity: T): void;
}

const tokens = new WeakMap<object, symbol>();

/** Names the repository of an aggregate in the container. @example inject(repositoryOf(Payment)) */
export function repositoryOf<T extends Entity<object>>(
  entityClass: EntityClass<T>,
): SymbolToken<Repository<T>> {
  let token = tokens.get(entityClass);
  if (!token) tokens.set(entityClass, (token = Symbol(`repositoryOf(${entityClass.name})`)));
  return token;
}
