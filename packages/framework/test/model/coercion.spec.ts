import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { coerced } from '../../src/model/coercion.js';

const day = (iso: string) => new Date(iso);

/** schema, what a client sends, what it becomes. */
const plain: readonly (readonly [string, z.ZodType, unknown, unknown])[] = [
  ['digits for a number', z.number(), '1', 1],
  ['a sign', z.number(), '-12', -12],
  ['a fraction', z.number(), '1.50', 1.5],
  ['an exponent', z.number(), '1e3', 1000],
  ['a whole number for an integer', z.int(), '7', 7],
  ['the largest safe integer', z.int(), '9007199254740991', 9007199254740991],
  ['digits for a bigint', z.bigint(), '9007199254740993', 9007199254740993n],
  ['a safe number for a bigint', z.bigint(), 5, 5n],
  ['true', z.boolean(), 'true', true],
  ['false', z.boolean(), 'false', false],
  ['a date', z.date(), '2020-05-01', day('2020-05-01')],
  ['an instant', z.date(), '2020-05-01T10:00:00Z', day('2020-05-01T10:00:00Z')],
  ['an instant with offset', z.date(), '2020-05-01T10:00:00.5+09:00', day('2020-05-01T01:00:00.500Z')],
  ['a leap day', z.date(), '2024-02-29', day('2024-02-29')],
  ['a literal number', z.literal([1, 2]), '2', 2],
  ['a literal boolean', z.literal(true), 'true', true],
  ['a number of an enum', z.enum({ Low: 0, High: 1 }), '0', 0],
  ['elements of a list', z.array(z.number()), ['1', 2], [1, 2]],
  [
    'fields of objects',
    z.object({ a: z.object({ b: z.int() }) }),
    { a: { b: '3' }, c: '4' },
    { a: { b: 3 }, c: '4' },
  ],
  ['inside of optional', z.int().optional(), '1', 1],
  ['inside of nullable', z.int().nullable(), '1', 1],
  ['inside of default', z.int().default(5), '1', 1],
  ['inside of prefault', z.int().prefault(5), '1', 1],
  ['inside of readonly', z.int().readonly(), '1', 1],
  ['inside of catch', z.int().catch(0), '1', 1],
  ['a union with null', z.union([z.int(), z.null()]), '1', 1],
  ['what a preprocessed value must be', z.preprocess((value) => value, z.int()), '1', 1],
  ['what comes before a transform', z.int().transform((value) => value * 2), '1', 1],
];

/** schema, what stays as it is for the schema to judge. */
const unclear: readonly (readonly [string, z.ZodType, unknown])[] = [
  ['an empty text', z.number(), ''],
  ['a space', z.number(), ' 1'],
  ['a plus', z.number(), '+1'],
  ['hexadecimal digits', z.number(), '0x10'],
  ['half a fraction', z.number(), '1.'],
  ['words for numbers', z.number(), 'Infinity'],
  ['NaN', z.number(), 'NaN'],
  ['digits of other scripts', z.number(), '１２'],
  ['thousands', z.number(), '1,000'],
  ['an integer that a number would round', z.number(), '9007199254740993'],
  ['a boolean for a number', z.number(), true],
  ['a list for a number', z.number(), ['1']],
  ['null', z.number(), null],
  ['a fraction for a bigint', z.bigint(), '1.5'],
  ['an unsafe number for a bigint', z.bigint(), 2 ** 60],
  ['more digits than anybody means', z.bigint(), '1'.repeat(1001)],
  ['1 for a boolean', z.boolean(), '1'],
  ['yes for a boolean', z.boolean(), 'yes'],
  ['TRUE for a boolean', z.boolean(), 'TRUE'],
  ['a number for a text', z.string(), 5],
  ['a day that does not exist', z.date(), '2020-02-30'],
  ['a time without an offset', z.date(), '2020-05-01T10:00:00'],
  ['a date with a comment', z.date(), '2020-05-01 (noon)'],
  ['a date as people write it', z.date(), '05/01/2020'],
  ['a number for a date', z.date(), 0],
  ['null as a word', z.literal([1, null]), 'null'],
  ['a text that is allowed as it stands', z.literal([1, '1']), '1'],
  [
    'the input of a codec',
    z.codec(z.iso.datetime(), z.date(), {
      decode: (text) => new Date(text),
      encode: (date) => date.toISOString(),
    }),
    '2020-05-01T10:00:00Z',
  ],
  ['one of several types', z.union([z.number(), z.string()]), '1'],
  ['a text for an object', z.object({ a: z.int() }), '{"a":"1"}'],
  ['a list for an object', z.object({ 0: z.int() }), ['1']],
  ['an object for a list', z.array(z.int()), { 0: '1' }],
];

describe('coercion of JSON', () => {
  it.each(plain)('understands %s', (_, schema, json, expected) => {
    expect(coerced(schema, json)).toStrictEqual(expected);
    expect(schema.safeParse(coerced(schema, json)).success).toBe(true);
  });

  it.each(unclear)('leaves %s to the schema', (_, schema, json) => {
    expect(coerced(schema, json)).toStrictEqual(json);
  });

  it('leaves what it was given as it was', () => {
    const json = { qty: '1', list: ['1'] };
    coerced(z.object({ qty: z.int(), list: z.array(z.int()) }), json);
    expect(json).toEqual({ qty: '1', list: ['1'] });
  });

  it('takes a field called __proto__ for a field', () => {
    const json: unknown = JSON.parse('{"qty":"1","__proto__":{"admin":true}}');
    const result = coerced(z.object({ qty: z.int() }), json) as { admin?: boolean };
    expect(result.admin).toBeUndefined();
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(z.object({ qty: z.int() }).parse(result)).toEqual({ qty: 1 });
  });

  it('does not take inherited properties for fields', () => {
    const schema = z.object({ toString: z.int().optional(), qty: z.int() });
    expect(coerced(schema, { qty: '1' })).toStrictEqual({ qty: 1 });
  });

  it('follows schemas that contain themselves', () => {
    interface Tree {
      size: number;
      children?: Tree[] | undefined;
    }
    const lazy: z.ZodType<Tree> = z.object({
      size: z.int(),
      children: z.array(z.lazy(() => lazy)).optional(),
    });
    const getter = z.object({
      size: z.int(),
      get children() {
        return z.array(getter).optional();
      },
    });
    const json = { size: '1', children: [{ size: '2', children: [{ size: '3' }] }] };
    const expected = { size: 1, children: [{ size: 2, children: [{ size: 3 }] }] };
    expect(coerced(lazy, json)).toEqual(expected);
    expect(coerced(getter, json)).toEqual(expected);
  });
});
