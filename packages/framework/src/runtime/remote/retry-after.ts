/**
 * How long a `Retry-After` header asks to wait, in milliseconds: it says seconds, or a date. Undefined: it says nothing that can be understood.
 * @param now in milliseconds since the epoch
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // a date has a day and a month in it; what else Date.parse takes is guessed
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
