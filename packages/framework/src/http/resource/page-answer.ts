import type { Page } from '../../model/repository.js';
import type { StoredEntity } from '../../runtime/collection.js';
import type { PageRequest } from './page-request.js';
import type { Resource } from './resource.js';

/** Where a list is and what it was asked for, to make its links. */
export interface ListPlace {
  readonly base: string;
  /** `/orders` or the path of a finder. */
  readonly path: string;
  /** The arguments of a finder. */
  readonly query?: URLSearchParams;
  readonly asked: PageRequest;
}

type Links = Record<string, { readonly href: string; readonly templated?: true }>;

/** One page of a collection as HAL. */
export function pageAnswer(resource: Resource, page: Page<StoredEntity>, place: ListPlace): object {
  const { base } = place;
  const items = page.content.map((entity) => resource.item(base, entity));
  return {
    _embedded: { [resource.collection.name]: items },
    _links: {
      ...pageLinks(page, place),
      profile: { href: `${base}/profile${resource.path}` },
      ...(resource.finders.length > 0 && { search: { href: `${base}${resource.path}/search` } }),
    },
    page: {
      size: page.size,
      totalElements: page.totalElements,
      totalPages: page.totalPages,
      number: page.number,
    },
  };
}

function pageLinks({ number, totalPages }: Page<StoredEntity>, place: ListPlace): Links {
  const to = (page: number) => ({
    href: urlOf(place, { page: String(page), size: String(place.asked.size) }),
  });
  const several = totalPages > 1;
  return {
    ...(several && { first: to(0) }),
    ...(several && number > 0 && { prev: to(Math.min(number, totalPages) - 1) }),
    self: self(place),
    ...(number + 1 < totalPages && { next: to(number + 1) }),
    ...(several && { last: to(totalPages - 1) }),
  };
}

/** What was given as it is, what was not as a template. */
function self(place: ListPlace): Links[string] {
  const { page, size, given } = place.asked;
  const fixed = {
    ...(given.includes('page') && { page: String(page) }),
    ...(given.includes('size') && { size: String(size) }),
  };
  const url = urlOf(place, fixed);
  const open = (['page', 'size', 'sort'] as const).filter((name) => !given.includes(name));
  if (open.length === 0) return { href: url };
  return { href: `${url}{${url.includes('?') ? '&' : '?'}${open.join(',')}}`, templated: true };
}

function urlOf({ base, path, query, asked }: ListPlace, paging: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(paging)) parameters.set(name, value);
  for (const { field, direction } of asked.sort) parameters.append('sort', `${field},${direction}`);
  // a comma needs no escape in a query, and people read these links
  const text = parameters.toString().replaceAll('%2C', ',');
  return `${base}${path}${text && `?${text}`}`;
}
