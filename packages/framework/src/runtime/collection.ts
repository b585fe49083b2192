import type { Criteria } from '../model/criteria.js';
import type { AnyEntityClass } from '../model/entity.js';
import type { Page } from '../model/repository.js';
import type { Sorting } from '../store/selection.js';
import type { Row, TableDefinition } from '../store/table-definition.js';
import type { Store } from '../store/store.js';
import { CollectionDeclaration, type CollectionKind } from './collection-declaration.js';
import { conditionsOf } from './conditions.js';
import { TableMapping, tableOf } from './table-mapping.js';

/** The largest page. */
export const MAX_PAGE_SIZE = 1000;
export const DEFAULT_PAGE_SIZE = 20;

/** The order of one field, by its name. */
export interface AnySortOrder {
  readonly field: string;
  readonly direction: Sorting['direction'];
}

/** What is stored of an aggregate or of a view's row, without making an instance of it. */
export interface StoredEntity {
  readonly id: number;
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The aggregates of one class, or the rows of one read model: what they are, where they are, and reading them. */
export class Collection extends CollectionDeclaration {
  readonly table: TableDefinition;
  readonly mapping: TableMapping;

  constructor(
    kind: CollectionKind,
    entityClass: AnyEntityClass,
    private readonly store: Store,
    /** Where it is, if not where its declaration says. */
    table?: TableDefinition,
  ) {
    super(kind, entityClass);
    this.table = table ?? tableOf(this.note, this.fields);
    this.mapping = new TableMapping(this.fields);
  }

  /** What is committed under that id. */
  async read(id: number): Promise<StoredEntity | undefined> {
    const row = await this.store.get(this.table, id);
    return row && this.#stored(row);
  }

  /** One page of what is committed. `size` above {@link MAX_PAGE_SIZE} counts as that. */
  async page(
    criteria: Criteria<Record<string, unknown>>,
    page = 0,
    size = DEFAULT_PAGE_SIZE,
    sort: readonly AnySortOrder[] = [],
  ): Promise<Page<StoredEntity>> {
    const where = conditionsOf(criteria);
    const limit = Math.min(size, MAX_PAGE_SIZE);
    const selection = {
      where,
      sort: sort.map(({ field, direction }) => ({ column: field, direction })),
      offset: page * limit,
      limit,
    };
    const [rows, totalElements] = await Promise.all([
      this.store.select(this.table, selection),
      this.store.count(this.table, where),
    ]);
    return {
      content: rows.map((row) => this.#stored(row)),
      number: page,
      size: limit,
      totalElements,
      totalPages: Math.ceil(totalElements / limit),
    };
  }

  #stored(row: Row): StoredEntity {
    return { id: row.id, version: row.version, fields: this.mapping.fieldsOf(row.values) };
  }
}
