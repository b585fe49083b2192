/** Chooses what to answer with: the first of what is offered that the client accepts. */
export type Negotiator = (accept: string | undefined) => string | undefined;

/** So many different `Accept` headers are remembered; clients send a handful. */
const REMEMBERED = 256;

/**
 * Negotiates between `offered` media types, best first (RFC 9110, 12.5.1). A client without `Accept` gets the first; so
 * does one that accepts it with any weight but 0. Undefined: nothing fits.
 */
export function negotiator(offered: readonly string[]): Negotiator {
  const known = new Map<string, string | undefined>();
  return (accept) => {
    if (accept === undefined) return offered[0];
    if (known.has(accept)) return known.get(accept);
    const chosen = choose(accept, offered);
    if (known.size < REMEMBERED) known.set(accept, chosen);
    return chosen;
  };
}

interface Range {
  readonly type: string;
  readonly weight: number;
}

function choose(accept: string, offered: readonly string[]): string | undefined {
  const ranges = accept.split(',').map(rangeOf);
  return offered.find((type) => weightOf(type, ranges) > 0);
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = q === undefined ? 1 : Number(q.slice(2));
  return { type, weight: Number.isNaN(weight) ? 1 : weight };
}

/** The most specific range decides. */
function weightOf(type: string, ranges: readonly Range[]): number {
  for (const candidate of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const range = ranges.find((one) => one.type === candidate);
    if (range) return range.weight;
  }
  return 0;
}

/** A `Content-Type` without its parameters. */
export function essenceOf(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
