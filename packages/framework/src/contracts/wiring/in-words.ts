import type { Misfit } from '../misfits.js';

/** More than this nobody reads in one line. */
const SHOWN = 5;

/** `/orderId may be absent, and must be there; /qty …` */
export function misfitsInWords(all: readonly Misfit[]): string {
  const shown = all.slice(0, SHOWN).map(({ path, what }) => (path === '' ? what : `${path} ${what}`));
  const left = all.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
}

/** `a`, `a and b`, `a, b and c` */
export function listInWords(words: Iterable<string>): string {
  const all = [...new Set(words)];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)!}`;
}

/** Milliseconds as people read them: `1.5 s`. */
export function secondsInWords(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

/** The fields of a key: `id`. Without any, what it is made of cannot be told from outside. */
export function keyInWords(key: readonly string[]): string {
  return key.length === 0 ? 'a key that cannot be told' : key.join(' and ');
}
