import { describe, expect, it } from 'vitest';
import { parseJson, toJson } from '../../src/kernel/exact-json.js';

describe('exact JSON', () => {
  it.each([
    ['{"id":9007199254740993}', { id: '9007199254740993' }],
    ['[-9223372036854775808, 1]', ['-9223372036854775808', 1]],
    ['{"id":9007199254740991}', { id: 9007199254740991 }],
    ['{"share":0.12345678901234567}', { share: Number('0.12345678901234567') }],
    ['{"large":1.7976931348623157e308}', { large: 1.7976931348623157e308 }],
    ['{"card":"4111111111111111111"}', { card: '4111111111111111111' }],
    ['{"id":1}', { id: 1 }],
  ])(
    'keeps the digits of integers that a number would round, and changes nothing else: %s',
    (text, value) => {
      expect(parseJson(text)).toEqual(value);
    },
  );

  it('says a bigint as text, wherever it stands', () => {
    expect(toJson({ a: 1n, b: [{ c: 2n ** 64n }] })).toBe('{"a":"1","b":[{"c":"18446744073709551616"}]}');
  });

  it('refuses what is no JSON', () => {
    expect(() => parseJson('{"id":9007199254740993')).toThrow(SyntaxError);
  });
});
