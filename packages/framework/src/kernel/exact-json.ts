/** A JSON number that `Number` may round: 16 digits or more. */
const LONG_NUMBER = /\d{16}/;

/**
 * Parses JSON; integers beyond ±2^53 come as text, digit by digit as they were written, for a `bigint` to be made of them. As numbers
 * they would silently become others: 64-bit ids of Java services would meet.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  // the slow way only where there is something to keep
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

/** The JSON of a value; a bigint becomes text, because most who read a JSON number would round it. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
}

// TypeScript does not know the third parameter yet (ES2026, JSON.parse source text access)
function keepDigits(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const rounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return rounded && /^-?\d+$/.test(context?.source ?? '') ? context!.source : value;
}
