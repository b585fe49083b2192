import type { StoredEntity } from '../../runtime/collection.js';
import { essenceOf } from '../media-type.js';
import { type ItemInput, asObject } from './item-input.js';
import { jsonPatched } from './json-patch.js';
import { JSON_PATCH } from './media-types.js';
import { mergePatched } from './merge-patch.js';
import type { Resource } from './resource.js';

/** What `PATCH` makes of an item. */
export class ItemPatch {
  readonly #nullable: ReadonlySet<string>;

  constructor(
    private readonly resource: Resource,
    private readonly input: ItemInput,
  ) {
    const nullable = resource.collection.fields.filter((field) => field.nullable);
    this.#nullable = new Set(nullable.map((field) => field.name));
  }

  /**
   * All writable fields as they are with the patch. `application/json` means a merge patch.
   * @throws InvalidInputError, PatchTestFailedError
   */
  apply(stored: StoredEntity, contentType: string | undefined, body: unknown): Record<string, unknown> {
    const what = `${this.resource.itemName} ${stored.id}`;
    const patched =
      contentType !== undefined && essenceOf(contentType) === JSON_PATCH
        ? jsonPatched(what, { id: stored.id, ...this.resource.json(stored.fields) }, body)
        : mergePatched(stored.fields, asObject(this.resource.itemName, body), this.#nullable);
    return this.input.changed(patched, stored.fields);
  }
}
