import { expect, it } from 'vitest';
import { compactJson } from '../../src/contracts/compatibility/compact-json.js';
import { sortedJson } from '../../src/contracts/sorted-json.js';

const one = { b: [{ y: 1, x: [2, 1] }], a: null, gone: undefined };
const other = { a: null, b: [{ x: [2, 1], y: 1 }] };

it.each([sortedJson, compactJson])('the same data is the same text at every depth, by %s', (textOf) => {
  expect(textOf(one)).toBe(textOf(other));
  expect(JSON.parse(textOf(one))).toEqual(other);
  // the order of a list is part of the data
  expect(textOf({ x: [1, 2] })).not.toBe(textOf({ x: [2, 1] }));
});
