import { expect, test } from 'vitest';
import { expiredPrefix } from '../../src/broker/embedded/expired-prefix.js';

const records = (...timestamps: number[]) =>
  timestamps.map((timestamp, offset) => ({ offset, timestamp, bytes: 10 }));
const offsets = (prefix: readonly { offset: number }[]) => prefix.map(({ offset }) => offset);

test('records older than the limit go, up to the first one that is not', () => {
  const prefix = expiredPrefix(records(100, 200, 900, 100), 40, 1_000, { ageMs: 500, bytes: 1_000 });
  expect(offsets(prefix)).toEqual([0, 1]);
});

test('the oldest records go until the rest is within the limit of bytes', () => {
  const prefix = expiredPrefix(records(900, 900, 900, 900), 40, 1_000, { ageMs: 500, bytes: 25 });
  expect(offsets(prefix)).toEqual([0, 1]);
});

test('all go when all are too old, none when none is', () => {
  expect(offsets(expiredPrefix(records(1, 2), 20, 1_000, { ageMs: 500, bytes: 100 }))).toEqual([0, 1]);
  expect(offsets(expiredPrefix(records(900), 10, 1_000, { ageMs: 500, bytes: 10 }))).toEqual([]);
});
