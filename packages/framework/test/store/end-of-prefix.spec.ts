import { describe, expect, it } from 'vitest';
import { endOfPrefix } from '../../src/store/sql/end-of-prefix.js';

describe('endOfPrefix', () => {
  it.each([
    ['a', 'b'],
    ['ab', 'ac'],
    ['é', 'ê'],
    ['a😀', 'a😁'],
    ['\uD7FF', '\uE000'],
    ['\uFFFF', '\u{10000}'],
    ['a\u{10FFFF}', 'b'],
    ['a\u{10FFFF}\u{10FFFF}', 'b'],
    ['', undefined],
    ['\u{10FFFF}', undefined],
  ])('of %j is %j', (prefix, end) => {
    expect(endOfPrefix(prefix)).toBe(end);
  });
});
