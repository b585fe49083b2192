import type { NumberKeywords } from './value-keywords.js';

/** A number that fits: `count`, where that is allowed, else one near the end that it would be beyond. */
export function numberExample(keywords: readonly NumberKeywords[], isWhole: boolean, count: number): number {
  const step = Math.max(isWhole ? 1 : 0, ...keywords.map(({ multipleOf = 0 }) => multipleOf)) || 1;
  const inside = (above: number) => above + step;
  const least = Math.max(
    ...keywords.map(({ minimum = -Infinity }) => Math.ceil(minimum / step) * step),
    ...keywords.map(({ exclusiveMinimum: above = -Infinity }) => inside(Math.floor(above / step) * step)),
  );
  const most = Math.min(
    ...keywords.map(({ maximum = Infinity }) => Math.floor(maximum / step) * step),
    ...keywords.map(({ exclusiveMaximum: under = Infinity }) => Math.ceil(under / step) * step - step),
  );
  const wanted = count * step;
  if (wanted >= least && wanted <= most) return wanted;
  if (least > wanted && least + (count - 1) * step <= most) return least + (count - 1) * step;
  const near = least > wanted ? least : most;
  if (near >= least && near <= most) return near;
  // no step lies between the ends
  return between(keywords);
}

function between(keywords: readonly NumberKeywords[]): number {
  const least = Math.max(
    ...keywords.flatMap((one) => [one.minimum ?? -Infinity, one.exclusiveMinimum ?? -Infinity]),
  );
  const most = Math.min(
    ...keywords.flatMap((one) => [one.maximum ?? Infinity, one.exclusiveMaximum ?? Infinity]),
  );
  return (least + most) / 2;
}
