import type { z } from 'zod';
import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import { coerced } from '../../model/coercion.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../../model/field-errors.js';
import type { Resource } from './resource.js';

type Fields = Record<string, unknown>;

/** What clients may send of an item. Unknown and read-only fields are left out before anything is checked. */
export class ItemInput {
  /** The fields that clients set. */
  readonly writable: readonly string[];
  readonly #what: string;
  /** The state's schema, but read-only fields may be missing: the service sets them. */
  readonly #schema: z.ZodObject;

  constructor(resource: Resource) {
    const { fields, entityClass } = resource.collection;
    const { schema } = entityClass;
    this.#what = resource.itemName;
    this.writable = fields.filter((field) => !field.readOnly).map((field) => field.name);
    const readOnly = fields.filter((field) => field.readOnly && field.default === undefined);
    const optional = readOnly.map(({ name }) => [name, (schema.shape[name] as z.ZodType).optional()]);
    this.#schema =
      optional.length === 0 ? schema : schema.safeExtend(Object.fromEntries(optional) as z.ZodRawShape);
  }

  /**
   * The fields of a whole item, checked, with defaults where the body has none.
   * @throws InvalidInputError
   */
  whole(body: unknown): Fields {
    return this.#checked(this.#written(asObject(this.#what, body)), {});
  }

  /**
   * The writable fields after a change: `written` says all of them, `current` what the service has set itself.
   * @throws InvalidInputError
   */
  changed(written: unknown, current: Readonly<Fields>): Fields {
    const readOnly = Object.entries(current).filter(([name]) => !this.writable.includes(name));
    const checked = this.#checked(this.#written(asObject(this.#what, written)), Object.fromEntries(readOnly));
    return Object.fromEntries(this.writable.map((name) => [name, checked[name]]));
  }

  #written(body: Readonly<Fields>): Fields {
    const written: Fields = {};
    for (const name of this.writable) if (Object.hasOwn(body, name)) written[name] = body[name];
    return written;
  }

  #checked(written: Fields, readOnly: Readonly<Fields>): Fields {
    // coercion is for what came as JSON, and makes an object of one; what the service holds has its types already
    const fields = { ...(coerced(this.#schema, written) as Fields), ...readOnly };
    const parsed = this.#schema.safeParse(fields, IN_PLAIN_WORDS);
    if (!parsed.success) throw new InvalidInputError(this.#what, fieldErrors(parsed.error));
    return parsed.data;
  }
}

/** @throws InvalidInputError */
export function asObject(what: string, body: unknown): Readonly<Fields> {
  // the check says that it is one, whatever its fields are
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Readonly<Fields>;
  throw new InvalidInputError(what, [{ pointer: '', detail: 'the body must be a JSON object' }]);
}
