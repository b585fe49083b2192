import type { Collection, StoredEntity } from '../../runtime/collection.js';
import type { CollectionDeclaration } from '../../runtime/collection-declaration.js';
import type { Entity } from '../../model/entity.js';
import { fieldsOf } from '../../model/entity.js';
import { type Negotiator, negotiator } from '../media-type.js';
import { HAL_JSON, JSON_TYPE } from './media-types.js';

/** What a collection looks like over HTTP: its names and its representations. Everything is worked out once. */
export class Resource<C extends CollectionDeclaration = Collection> {
  /** `/orders` */
  readonly path: string;
  /** How links call one item: the class's name, `order`. */
  readonly rel: string;
  /** How messages call one item: `Order`. */
  readonly itemName: string;
  readonly finders: readonly string[];
  readonly negotiate: Negotiator = negotiator([HAL_JSON, JSON_TYPE]);
  readonly #bigints: readonly string[];

  constructor(readonly collection: C) {
    this.path = `/${collection.name}`;
    this.itemName = collection.entityClass.name;
    this.rel = this.itemName.charAt(0).toLowerCase() + this.itemName.slice(1);
    this.finders = Object.keys(collection.note.finders);
    this.#bigints = collection.fields.filter((field) => field.kind === 'bigint').map((field) => field.name);
  }

  itemUrl(base: string, id: number): string {
    return `${base}${this.path}/${id}`;
  }

  /** An aggregate as it is after its unit of work. */
  stored(entity: Entity<object>): StoredEntity {
    return {
      id: entity.id,
      version: entity.version,
      fields: fieldsOf(entity, this.collection.entityClass.schema),
    };
  }

  /** One item as HAL: its id, its fields, its links. */
  item(base: string, { id, fields }: StoredEntity): object {
    const self = { href: this.itemUrl(base, id) };
    return { id, ...this.json(fields), _links: { self, [this.rel]: self } };
  }

  /** Fields as JSON can say them: a bigint is text, because a JSON number would be rounded by most who read it. */
  json(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    if (this.#bigints.length === 0) return fields;
    const copy = { ...fields };
    for (const name of this.#bigints) if (typeof copy[name] === 'bigint') copy[name] = copy[name].toString();
    return copy;
  }
}

/** A resource of which nobody asks where it is stored: for documents. */
export type DeclaredResource = Resource<CollectionDeclaration>;
