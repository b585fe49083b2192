import type { Conjunction, LocatedSchema } from './located-schema.js';

/** One reason why what is sent may not be what is accepted. */
export interface Misfit {
  /** Where in the value: `/address/street`; empty: the value itself. `*` stands for the items of a list. */
  readonly path: string;
  readonly kind: 'missing' | 'maybe missing' | 'type' | 'values' | 'range' | 'format';
  /** In words: `may be absent, and must be there`. */
  readonly what: string;
  /** What is sent: `may be absent`. */
  readonly is: string;
  /** What is accepted: `be there`. */
  readonly must: string;
}

/** @param is of what is sent: `may be absent` @param must of what is accepted: `be there` */
export function misfit(path: string, kind: Misfit['kind'], is: string, must: string): Misfit {
  return { path, kind, what: `${is}, and must ${must}`, is, must };
}

/** Compares a part of what is sent with a part of what is accepted. */
export type Compare = (path: string, sent: Conjunction, accepted: LocatedSchema) => Misfit[];
