import { isDeepStrictEqual } from 'node:util';
import type { Criteria } from '../model/criteria.js';
import type { Condition } from '../store/selection.js';
import type { ColumnValue } from '../store/table-definition.js';

const OPERATORS = ['ne', 'in', 'lt', 'lte', 'gt', 'gte', 'startsWith', 'contains'] as const;

/**
 * Criteria as conditions of the store.
 * @throws TypeError for a value that is undefined: it would fit everything where it was meant to narrow
 */
export function conditionsOf(criteria: Criteria<Record<string, unknown>>): Condition[] {
  return Object.entries(criteria).flatMap(([column, criterion]) => {
    if (criterion === undefined)
      throw new TypeError(`the criterion for ${column} is undefined; leave it out, or ask for null`);
    if (!isComparisons(criterion))
      return [{ column, operator: 'eq' as const, value: criterion as ColumnValue }];
    return Object.entries(criterion).map(([operator, value]) => {
      if (!OPERATORS.includes(operator as (typeof OPERATORS)[number]))
        throw new TypeError(`${column} cannot be compared by ${operator}`);
      if (value === undefined) throw new TypeError(`the criterion for ${column} ${operator} is undefined`);
      return { column, operator, value } as Condition;
    });
  });
}

function isComparisons(criterion: unknown): criterion is Record<string, unknown> {
  return typeof criterion === 'object' && criterion !== null && !(criterion instanceof Date);
}

/** Whether fields fit the conditions, judged as the store would. */
export function fits(conditions: readonly Condition[], fields: Readonly<Record<string, unknown>>): boolean {
  return conditions.every((condition) => holds(condition, (fields[condition.column] ?? null) as ColumnValue));
}

function holds({ operator, value }: Condition, actual: ColumnValue): boolean {
  if (operator === 'eq') return isDeepStrictEqual(actual, value);
  if (operator === 'ne' && value === null) return actual !== null;
  if (actual === null) return false;
  switch (operator) {
    case 'ne':
      return !isDeepStrictEqual(actual, value);
    case 'in':
      return value.some((one) => isDeepStrictEqual(actual, one));
    case 'startsWith':
      return String(actual).startsWith(String(value));
    case 'contains':
      return String(actual).includes(String(value));
    default:
      return ordered(operator, compare(actual, value));
  }
}

function ordered(operator: 'lt' | 'lte' | 'gt' | 'gte', order: number): boolean {
  if (operator === 'lt') return order < 0;
  if (operator === 'lte') return order <= 0;
  return operator === 'gt' ? order > 0 : order >= 0;
}

function compare(a: ColumnValue, b: ColumnValue): number {
  // text is ordered by code point, as in the store, and not by UTF-16 unit
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [left, right] = [a as number, b as number];
  return left < right ? -1 : left > right ? 1 : 0;
}
