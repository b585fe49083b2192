import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import type { SortOrder } from '../../model/criteria.js';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../runtime/collection.js';
import type { Query } from '../fastify-words.js';
import type { Resource } from './resource.js';

type Sort = readonly SortOrder<Record<string, string>>[];

/** Which page of a collection is asked for. */
export interface PageRequest {
  readonly page: number;
  readonly size: number;
  readonly sort: Sort;
  /** Which of the parameters the client has given. */
  readonly given: readonly ('page' | 'size' | 'sort')[];
}

/** The highest page: the offset of a row in it is still an exact number. */
const MAX_PAGE = Math.floor(Number.MAX_SAFE_INTEGER / MAX_PAGE_SIZE);

/** Reads `page`, `size` and `sort` for one collection. */
export class PageReader {
  readonly #sortable: ReadonlySet<string>;

  constructor(resource: Resource) {
    const searchable = resource.collection.fields.filter((field) => field.kind !== 'json');
    this.#sortable = new Set(['id', ...searchable.map((field) => field.name)]);
  }

  /**
   * A page or size that is no number, negative, or 0 for the size counts as the default, a size above 1000 as 1000.
   * @throws InvalidInputError for a sort field that does not exist: a wrong order that looks right is worse
   */
  read(query: Query): PageRequest {
    return {
      page: Math.min(wholeNumber(query['page'], 0, 0), MAX_PAGE),
      size: Math.min(wholeNumber(query['size'], 1, DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE),
      sort: listed(query['sort']).flatMap((part) => this.#ordersOf(part)),
      given: (['page', 'size', 'sort'] as const).filter((name) => query[name] !== undefined),
    };
  }

  /** `product,qty,desc` orders by both fields, descending. */
  #ordersOf(text: string): Sort {
    const words = text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
    const last = words.at(-1)?.toLowerCase();
    const direction = last === 'desc' ? 'desc' : 'asc';
    const fields = last === 'asc' || last === 'desc' ? words.slice(0, -1) : words;
    for (const field of fields) if (!this.#sortable.has(field)) throw this.#unknown(field);
    return fields.map((field) => ({ field, direction }));
  }

  #unknown(field: string): InvalidInputError {
    const detail = `there is no field ${field} to sort by; there are ${[...this.#sortable].join(', ')}`;
    return new InvalidInputError('the query', [{ pointer: '/sort', detail }]);
  }
}

function wholeNumber(given: Query[string], least: number, otherwise: number): number {
  const [text = ''] = listed(given);
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return number >= least ? number : otherwise;
}

/** All values of a parameter. */
export function listed(given: Query[string]): readonly string[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : given;
}
