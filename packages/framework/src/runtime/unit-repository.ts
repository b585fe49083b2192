import { NotFoundError, TooManyRowsError } from '../kernel/errors/model-errors.js';
import type { Criteria } from '../model/criteria.js';
import { type Entity, fieldsOf } from '../model/entity.js';
import type { Page, Repository } from '../model/repository.js';
import type { Store } from '../store/store.js';
import { type AnySortOrder, type Collection, DEFAULT_PAGE_SIZE } from './collection.js';
import { conditionsOf, fits } from './conditions.js';
import type { UnitOfWork } from './unit-of-work.js';

const MAX_FOUND = 10_000;

type AnyCriteria = Criteria<Record<string, unknown>>;

/** The repository of one collection; every call works on the unit of work that is running. */
export class UnitRepository implements Repository<Entity<object>> {
  constructor(
    private readonly collection: Collection,
    private readonly store: Store,
    private readonly running: (what: string) => UnitOfWork,
  ) {}

  async find(id: number): Promise<Entity<object> | undefined> {
    const unit = this.#unit('find');
    const known = unit.known(this.collection, id);
    if (known !== undefined) return known ?? undefined;
    const row = await this.store.get(this.collection.table, id);
    return row && unit.loaded(this.collection, row);
  }

  async get(id: number): Promise<Entity<object>> {
    const found = await this.find(id);
    if (!found) throw new NotFoundError(this.collection.entityClass.name, id);
    return found;
  }

  async findBy(criteria: AnyCriteria): Promise<Entity<object>[]> {
    const unit = this.#unit('findBy');
    const where = conditionsOf(criteria);
    const byId = { sort: [], offset: 0, limit: MAX_FOUND + 1 };
    const rows = await this.store.select(this.collection.table, { where, ...byId });
    if (rows.length > MAX_FOUND) throw new TooManyRowsError(this.collection.name, MAX_FOUND);
    for (const row of rows) unit.loaded(this.collection, row);
    const { schema } = this.collection.entityClass;
    const found = [...unit.present(this.collection)].filter((entity) => {
      return fits(where, { ...fieldsOf(entity, schema), id: entity.id });
    });
    // new ones have no id yet and come last
    return found.toSorted((a, b) => (a.id || Infinity) - (b.id || Infinity));
  }

  async page(
    criteria: AnyCriteria,
    page = 0,
    size = DEFAULT_PAGE_SIZE,
    sort: readonly AnySortOrder[] = [],
  ): Promise<Page<Entity<object>>> {
    const unit = this.#unit('page');
    const stored = await this.collection.page(criteria, page, size, sort);
    const content = stored.content.map(({ id, version, fields }) => {
      return unit.loaded(this.collection, { id, version, values: this.collection.mapping.valuesOf(fields) });
    });
    return { ...stored, content: content.filter((entity) => entity !== undefined) };
  }

  add(entity: Entity<object>): void {
    this.#unit('add').add(this.collection, entity);
  }

  remove(entity: Entity<object>): void {
    this.#unit('remove').remove(entity);
  }

  #unit(method: string): UnitOfWork {
    return this.running(`the repository of ${this.collection.name} (${method})`);
  }
}
