import { z } from 'zod';
import { type FieldError, InvalidInputError } from '../../kernel/errors/model-errors.js';
import type { Criteria } from '../../model/criteria.js';
import { coerced } from '../../model/coercion.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../../model/field-errors.js';
import { unwrapped } from '../../model/schema-fields.js';
import type { Query } from '../fastify-words.js';
import { listed } from './page-request.js';
import type { DeclaredResource } from './resource.js';

/** One search of a collection: its fields are asked for by equality. */
export class Finder {
  /** `/orders/search/findByStatus` */
  readonly path: string;
  readonly #schema: z.ZodObject;

  constructor(
    resource: DeclaredResource,
    readonly name: string,
  ) {
    this.path = `${resource.path}/search/${name}`;
    this.parameters = resource.collection.note.finders[name]!;
    const { shape } = resource.collection.entityClass.schema;
    const types = this.parameters.map((field) => [field, typeOf(shape[field] as z.ZodType | undefined)]);
    this.#schema = z.object(Object.fromEntries(types) as z.ZodRawShape);
  }

  readonly parameters: readonly string[];

  /** What each parameter must be. */
  get schema(): z.ZodObject {
    return this.#schema;
  }

  /** @throws InvalidInputError naming each parameter that is missing, repeated or of the wrong type */
  criteria(query: Query): Criteria<Record<string, unknown>> {
    const unclear = this.parameters.flatMap((name) => unclarity(name, listed(query[name]).length));
    if (unclear.length > 0) throw new InvalidInputError(`the query of ${this.name}`, unclear);
    const given = Object.fromEntries(this.parameters.map((name) => [name, listed(query[name])[0]]));
    const parsed = this.#schema.safeParse(coerced(this.#schema, given), IN_PLAIN_WORDS);
    if (!parsed.success) throw new InvalidInputError(`the query of ${this.name}`, fieldErrors(parsed.error));
    return parsed.data;
  }

  /** The parameters as they were given, for links. */
  queryOf(query: Query): URLSearchParams {
    return new URLSearchParams(this.parameters.map((name) => [name, listed(query[name])[0] ?? '']));
  }
}

/** A parameter is always there and never null, whatever the field is. Without a field it is the id. */
function typeOf(field: z.ZodType | undefined): z.ZodType {
  return field ? unwrapped(field) : z.number().int();
}

function unclarity(name: string, times: number): FieldError[] {
  if (times === 1) return [];
  return [{ pointer: `/${name}`, detail: times === 0 ? 'is missing' : 'is given more than once' }];
}
