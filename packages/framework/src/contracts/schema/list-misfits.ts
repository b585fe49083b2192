import type { JsonSchema } from '../../model/json-schema.js';
import type { Alternative } from './alternatives.js';
import { type Conjunction, type LocatedSchema, partOf } from './located-schema.js';
import { type Compare, type Misfit, misfit } from './misfit.js';
import type { ListKeywords } from './value-keywords.js';

/** Lists that are sent against the keywords for lists. */
export function listMisfits(
  path: string,
  { parts }: Alternative,
  accepted: LocatedSchema,
  compare: Compare,
): Misfit[] {
  const sent = parts.map(({ schema }) => keywordsOf(schema));
  const { prefixItems = [], items, minItems = 0, maxItems = Infinity } = keywordsOf(accepted.schema);
  const fewest = Math.max(0, ...sent.map((part) => part.minItems ?? 0));
  const most = Math.min(...sent.map(greatestLength));
  const found: Misfit[] = [];
  if (fewest < minItems)
    found.push(misfit(path, 'range', `may have only ${fewest} items`, `have ${minItems} or more`));
  if (most > maxItems)
    found.push(
      misfit(
        path,
        'range',
        `may have ${most === Infinity ? 'any number of' : most} items`,
        `have ${maxItems} or fewer`,
      ),
    );
  const at = (place: number) => parts.flatMap((part) => itemOf(part, place));
  const places = Math.min(
    most,
    Math.max(prefixItems.length, ...sent.map((part) => part.prefixItems?.length ?? 0)),
  );
  for (let place = 0; place < places; place++) {
    const wanted = prefixItems[place] ?? items;
    if (wanted !== undefined) found.push(...compare(`${path}/${place}`, at(place), partOf(accepted, wanted)));
  }
  if (items !== undefined && most > places)
    found.push(...compare(`${path}/*`, at(places), partOf(accepted, items)));
  return found;
}

function greatestLength({ prefixItems = [], items, maxItems = Infinity }: ListKeywords): number {
  return items === false ? Math.min(maxItems, prefixItems.length) : maxItems;
}

/** What is at a place of the list; empty: anything. */
function itemOf(part: LocatedSchema, place: number): Conjunction {
  const { prefixItems = [], items } = keywordsOf(part.schema);
  const item = prefixItems[place] ?? items;
  return item === undefined ? [] : [partOf(part, item)];
}

const keywordsOf = (schema: JsonSchema) => schema as ListKeywords;
