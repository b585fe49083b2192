import type { Origin } from '../runtime/origin.js';

export const FALLBACK_HEADER = 'x-fallback';

/** Tells a client which operations of other services its answer was made without. */
export function fallbackHeader({ fallbacks }: Origin): Readonly<Record<string, string>> {
  return fallbacks?.size ? { [FALLBACK_HEADER]: [...fallbacks].join(', ') } : {};
}
