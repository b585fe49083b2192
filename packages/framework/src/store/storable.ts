import { UnstorableValueError } from '../kernel/errors/store-errors.js';
import type { RequestMark } from './request-records.js';
import type { ColumnDefinition, ColumnType, ColumnValue } from './table-definition.js';
import type { OutgoingEvent } from './write-plan.js';

/**
 * Refuses what an engine could not give back exactly, or what is of another type than the column; the same for every engine.
 * −0 is stored as 0: they are one number to SQL and to JSON.
 * @throws UnstorableValueError
 */
export function assertStorable(
  table: string,
  column: ColumnDefinition,
  value: ColumnValue | undefined,
): void {
  if (value === null || value === undefined) {
    if (!column.nullable) throw new UnstorableValueError(table, column.name, 'it must not be empty');
    return;
  }
  const why = objections[column.type](value);
  if (why) throw new UnstorableValueError(table, column.name, why);
}

/**
 * Refuses an event that an engine or a broker could not give back exactly; the same for every engine.
 * @throws UnstorableValueError
 */
export function assertStorableEvent({ eventId, topic, key, value }: OutgoingEvent): void {
  for (const [field, text] of Object.entries({ eventId, topic, key: key ?? '', value })) {
    const why = objectionToText(text);
    if (why) throw new UnstorableValueError('outbox', field, why);
  }
}

/**
 * Refuses the mark of a request that an engine could not give back exactly; the same for every engine.
 * @throws UnstorableValueError
 */
export function assertStorableRequest(mark: RequestMark): void {
  const texts =
    mark.kind === 'withdrawn'
      ? { key: mark.key }
      : { key: mark.key, fingerprint: mark.fingerprint, answer: mark.answer };
  for (const [field, text] of Object.entries(texts)) {
    const why = objectionToText(text);
    if (why) throw new UnstorableValueError('requests', field, why);
  }
}

/** Whether a text has half of a surrogate pair, which UTF-8 can't say. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** The most digits of a `bigint`, so that engines can keep the number of digits in a fixed place. */
export const MAX_BIGINT_DIGITS = 99_999;
const BIGINT_LIMIT = 10n ** BigInt(MAX_BIGINT_DIGITS);

const objections: Readonly<Record<ColumnType, (value: NonNullable<ColumnValue>) => string | undefined>> = {
  integer: (value) => (Number.isSafeInteger(value) ? undefined : 'it is not a safe integer (±2^53 − 1)'),
  double: (value) => (Number.isFinite(value) ? undefined : 'it is not a finite number'),
  bigint: objectionToBigint,
  boolean: (value) => (typeof value === 'boolean' ? undefined : 'it is not a boolean'),
  text: objectionToText,
  timestamp: (value) =>
    value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : 'it is not a valid Date',
  json: (value) => objectionToJson(value, []),
};

function objectionToBigint(value: unknown): string | undefined {
  if (typeof value !== 'bigint') return 'it is not a bigint';
  return value < BIGINT_LIMIT && -value < BIGINT_LIMIT
    ? undefined
    : `it has more than ${MAX_BIGINT_DIGITS} digits`;
}

function objectionToText(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'it is not a string';
  if (value.includes('\0')) return 'it has a NUL character';
  return hasLoneSurrogate(value) ? 'it has half of a surrogate pair' : undefined;
}

function objectionToJson(value: unknown, parents: readonly unknown[]): string | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `JSON has no ${value}`;
  if (typeof value !== 'object') return `JSON has no ${typeof value}`;
  if (parents.includes(value)) return 'it contains itself';
  const within = [...parents, value];
  if (Array.isArray(value)) return firstObjection(Array.from(value as unknown[]), within);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return 'it has an object of a class';
  // a property that is undefined is one that is not there: JSON leaves it out, and so does every reader
  return firstObjection(
    Object.values(value).filter((property) => property !== undefined),
    within,
  );
}

function firstObjection(values: readonly unknown[], parents: readonly unknown[]): string | undefined {
  for (const value of values) {
    const why = objectionToJson(value, parents);
    if (why) return why;
  }
  return undefined;
}
