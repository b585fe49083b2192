import { createHash } from 'node:crypto';

const LONGEST = 200;

/**
 * Text for a column that is only compared and indexed: equal texts give equal ones, others others. What comes from outside may be of any
 * length and have NUL characters; an index takes neither, so such texts are replaced by their hash.
 */
export function identityText(text: string): string {
  // a text that looks like a hash is hashed itself, so that nobody can make two meet
  const isPlain = text.length <= LONGEST && !text.startsWith('#') && !/[\0\p{Surrogate}]/u.test(text);
  return isPlain ? text : `#${createHash('sha256').update(JSON.stringify(text)).digest('hex')}`;
}
