import type { ColumnValue } from '../../store/table-definition.js';

/** The order that the port promises, as JavaScript: negative, 0 or positive. Nulls come first, text goes by code point. */
export function compareValues(one: ColumnValue, other: ColumnValue): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  if (typeof one === 'string' && typeof other === 'string') {
    // the bytes of UTF-8 are in the order of the code points
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  }
  if (one instanceof Date && other instanceof Date) return one.getTime() - other.getTime();
  if (one < other) return -1;
  return one > other ? 1 : 0;
}
