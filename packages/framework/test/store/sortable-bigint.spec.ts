import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { fromSortable, toSortable } from '../../src/store/sortable-bigint.js';
import { sqlFromSortable, sqlToSortable } from '../../src/store/sqlite/sortable-bigint.js';

describe('the text of a bigint', () => {
  const powers = Array.from({ length: 120 }, (_, exponent) => 10n ** BigInt(exponent));
  const values = powers.flatMap((power) => [
    power,
    power - 1n,
    7n * power + 3n,
    -power,
    1n - power,
    -6n * power,
  ]);

  it('gives the same integer back', () => {
    expect(values.map((value) => fromSortable(toSortable(value)))).toEqual(values);
  });

  it('is in the order of the integers', () => {
    const byValue = values.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
    expect(values.map(toSortable).toSorted().map(fromSortable)).toEqual(byValue);
  });

  it('is the same when SQL makes it, and SQL makes the decimal of it', () => {
    const sqlite = new DatabaseSync(':memory:');
    const make = sqlite.prepare(`SELECT ${sqlToSortable('v')} AS sortable FROM (SELECT ? AS v)`);
    const unmake = sqlite.prepare(`SELECT ${sqlFromSortable('v')} AS decimal FROM (SELECT ? AS v)`);
    for (const value of values) {
      expect(make.get(String(value))).toEqual({ sortable: toSortable(value) });
      expect(unmake.get(toSortable(value))).toEqual({ decimal: String(value) });
    }
    expect(make.get(null)).toEqual({ sortable: null });
    expect(unmake.get(null)).toEqual({ decimal: null });
    sqlite.close();
  });
});
