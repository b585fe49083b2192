import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf } from '../../src/model/json-schema.js';
import { matching } from '../../src/testing/contract/matchers.js';
import { neededExample } from '../../src/testing/contract/needed-example.js';
import { isKnownToRust } from '../../src/testing/contract/rust-pattern.js';

const matched = (schema: z.ZodType, example: unknown) => matching(jsonSchemaOf(schema, 'input'), example);
const needed = (schema: z.ZodType) => neededExample(jsonSchemaOf(schema, 'input'));
const matcher = (type: string, value: unknown, more = {}) => ({ 'pact:matcher:type': type, ...more, value });
const regex = (pattern: string, value: string) => matcher('regex', value, { regex: pattern });
const eachLike = (value: unknown) => matcher('type', [value], { min: 1 });

const card = z.object({ kind: z.literal('card'), number: z.string().regex(/^\d+$/) });
const transfer = z.object({ kind: z.literal('transfer'), iban: z.string(), day: z.iso.date().optional() });

describe('matchers of a contract', () => {
  it('of a union of names take each of them', () => {
    const size = z.union([z.literal('small'), z.literal('large'), z.enum(['small', 'huge'])]);
    expect(matched(size, 'large')).toEqual(regex('^(small|large|huge)$', 'large'));
    expect(matched(size.nullable(), 'large')).toEqual(regex('^(small|large|huge)$', 'large'));
    expect(matched(size.nullable(), null)).toBeNull();
  });

  it('of a union are of the first alternative that takes the example', () => {
    const ref = z.union([z.uuid(), z.string().regex(/^[A-Z]+$/)]);
    expect(matched(ref, 'TEA')).toEqual(regex('^[A-Z]+$', 'TEA'));
    expect(matched(z.union([z.literal('tea'), z.string()]), 'tea')).toEqual(matcher('type', 'tea'));
  });

  it('of a union of objects are of the one that the example is', () => {
    const payment = z.discriminatedUnion('kind', [card, transfer]);
    const example = { kind: 'transfer', iban: 'DE1' };
    expect(matched(payment, example)).toEqual({
      kind: regex('^(transfer)$', 'transfer'),
      iban: matcher('type', 'DE1'),
    });
    expect(matched(z.union([card, transfer]), example)).toEqual(matched(payment, example));
  });

  it('follow references', () => {
    const node = z.object({
      size: z.enum(['S', 'L']),
      get inside() {
        return z.union([z.literal(0), node]).optional();
      },
    });
    expect(matched(node, { size: 'S', inside: { size: 'L' } })).toEqual({
      size: regex('^(S|L)$', 'S'),
      inside: { size: regex('^(S|L)$', 'L') },
    });
  });

  it('of numbers, true and false that are named are those alone', () => {
    const schema = z.object({
      one: z.literal(1),
      yes: z.literal(true),
      size: z.union([z.literal(1), z.literal(2)]),
      isOpen: z.boolean(),
      count: z.int(),
      price: z.number(),
    });
    expect(matched(schema, { one: 1, yes: true, size: 2, isOpen: true, count: 3, price: 4 })).toEqual({
      one: matcher('equality', 1),
      yes: matcher('equality', true),
      size: matcher('equality', 2),
      isOpen: matcher('type', true),
      count: matcher('integer', 3),
      price: matcher('number', 4),
    });
  });

  it("take the schema's own pattern before what is usual for its format", () => {
    expect(matched(z.string().regex(/^(?:ab|cd)+$/), 'abcd')).toEqual(regex('^(?:ab|cd)+$', 'abcd'));
    const id = '00000000-0000-4000-8000-000000000001';
    expect(matched(z.uuid({ version: 'v4' }), id)).toMatchObject({ regex: expect.stringContaining('-4[') });
    // one that looks ahead, as those for e-mails do
    expect(matched(z.email({ pattern: /^(?!\.)[^@]+@.+$/ }), 'a@example.org')).toEqual(
      regex('^[^@\\s]+@[^@\\s]+$', 'a@example.org'),
    );
    expect(matched(z.string().regex(/^(?=a)/), 'ab')).toEqual(matcher('type', 'ab'));
  });

  it.each([
    ['(?:a|b)(?<name>c)', true],
    [String.raw`\(?=a\)\/[\[\]\-(?=]`, true],
    ['(?=a)', false],
    ['(?!a)', false],
    ['(?<=a)b', false],
    ['(?<!a)b', false],
    [String.raw`(a)\1`, false],
    [String.raw`(?<x>a)\k<x>`, false],
    ['[^]', false],
    ['[a[b]', false],
    ['[a&&b]', false],
  ])('know whether Pact knows the pattern %s', (pattern, isKnown) =>
    expect(isKnownToRust(pattern)).toBe(isKnown),
  );

  it('of a tuple are those of each place', () => {
    const point = z.tuple([z.int(), z.enum(['N', 'S'])]);
    expect(matched(point, [1, 'S'])).toEqual([matcher('integer', 1), regex('^(N|S)$', 'S')]);
    expect(matched(z.array(point), [[1, 'S']])).toEqual(
      eachLike([matcher('integer', 1), regex('^(N|S)$', 'S')]),
    );
  });

  it('of a list are those of its items, as many as there must be', () => {
    expect(matched(z.array(z.enum(['a', 'b'])), ['a', 'b'])).toEqual(eachLike(regex('^(a|b)$', 'a')));
    expect(matched(z.array(z.union([z.literal('a'), z.literal('b')])), ['b'])).toEqual(
      eachLike(regex('^(a|b)$', 'b')),
    );
    expect(matched(z.array(z.int()).min(2), [1, 2, 3])).toEqual(
      matcher('type', [matcher('integer', 1), matcher('integer', 2)], { min: 2 }),
    );
    expect(matched(z.array(z.int()), [])).toEqual(matcher('type', []));
  });

  it('of a list with items of several kinds say only that it is one', () => {
    expect(matched(z.array(z.union([z.string(), z.number()])), [1])).toEqual(matcher('type', []));
    expect(matched(z.array(z.int().nullable()), [1])).toEqual(matcher('type', []));
    const paid = [{ kind: 'card', number: '1' }];
    expect(matched(z.array(z.union([card, transfer])), paid)).toEqual(
      matcher('eachValue', paid, { rules: [] }),
    );
  });

  it('take a field named like a member of every object for what it is', () =>
    expect(matched(z.record(z.string(), z.int()), { constructor: 1 })).toEqual({
      constructor: matcher('integer', 1),
    }));
});

describe('what is needed of an example', () => {
  it('is what the alternative requires that it is of', () => {
    expect(needed(z.object({ paid: z.discriminatedUnion('kind', [transfer, card]) }))).toEqual({
      paid: { kind: 'transfer', iban: 'iban' },
    });
    expect(needed(z.tuple([z.object({ a: z.int(), b: z.int().optional() }), z.string()]))).toEqual([
      { a: 1 },
      'text',
    ]);
  });
});
