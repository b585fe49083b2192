import type { JsonSchema } from '../../model/json-schema.js';
import type { Alternative } from './alternatives.js';
import { type Misfit, misfit } from './misfit.js';
import type { TextKeywords } from './value-keywords.js';

/** As `Date.toJSON` writes it. */
const AN_INSTANT = '2000-02-29T12:34:56.789Z';

/** Texts that are sent against the keywords for text. */
export function textMisfits(path: string, { parts }: Alternative, accepted: JsonSchema): Misfit[] {
  const sent = parts.map(({ schema }) => schema as TextKeywords);
  const { minLength = 0, maxLength = Infinity, pattern, format } = accepted as TextKeywords;
  const shortest = Math.max(0, ...sent.map((part) => part.minLength ?? 0));
  const longest = Math.min(...sent.map((part) => part.maxLength ?? Infinity));
  const found: Misfit[] = [];
  if (shortest < minLength) {
    const is = shortest === 0 ? 'may be empty' : `may have only ${characters(shortest)}`;
    found.push(misfit(path, 'range', is, `have ${characters(minLength)} or more`));
  }
  if (longest > maxLength) {
    const is = longest === Infinity ? 'may be of any length' : `may have ${characters(longest)}`;
    found.push(misfit(path, 'range', is, `have ${characters(maxLength)} or fewer`));
  }
  if (!sent.some((part) => looksLike(part, pattern, format))) {
    // a format that zod made up stands beside its pattern
    const wanted = format === undefined || format.includes('_') ? pattern : format;
    found.push(misfit(path, 'format', `may not look like ${wanted}`, 'look like that'));
  }
  return found;
}

function looksLike(sent: TextKeywords, pattern: string | undefined, format: string | undefined): boolean {
  if (pattern === undefined) return format === undefined || sent.format === format;
  if (sent.pattern === pattern) return true;
  // nobody but a date is sent so without a pattern
  const isInstant = sent.format === 'date-time' && sent.pattern === undefined;
  return isInstant && new RegExp(pattern, 'u').test(AN_INSTANT);
}

const characters = (count: number) => (count === 1 ? '1 character' : `${count} characters`);
