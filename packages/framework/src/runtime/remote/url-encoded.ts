import { InvalidInputError } from '../../kernel/errors/model-errors.js';

/**
 * A flat object as `application/x-www-form-urlencoded`: a list repeats its name, instants are ISO 8601, what is absent or null is left out.
 * @param what for the error: `the query of payment.search`
 * @throws InvalidInputError for what is no object, and for a value that has parts of its own
 */
export function urlEncoded(what: string, values: unknown): string {
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new InvalidInputError(what, [{ pointer: '', detail: 'is no object' }]);
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    [value as unknown]
      .flat()
      .filter((one) => one !== undefined && one !== null)
      .map((one) => [name, spelled(what, name, one)]),
  );
  return new URLSearchParams(pairs).toString();
}

function spelled(what: string, name: string, value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object')
    throw new InvalidInputError(what, [
      { pointer: `/${name}`, detail: 'is not one value, nor a list of them' },
    ]);
  return String(value);
}
