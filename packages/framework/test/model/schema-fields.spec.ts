import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type SchemaField, changesKind, schemaFields, unwrapped } from '../../src/model/schema-fields.js';

const fieldOf = (schema: z.ZodType): SchemaField => schemaFields(z.object({ field: schema }))[0]!;

const kinds: readonly (readonly [string, z.ZodType, SchemaField['kind']])[] = [
  ['z.number()', z.number(), 'double'],
  ['z.number().int()', z.number().int(), 'integer'],
  ['z.int()', z.int(), 'integer'],
  ['z.int32()', z.int32(), 'integer'],
  ['z.uint32()', z.uint32(), 'integer'],
  ['z.number().multipleOf(1)', z.number().multipleOf(1), 'integer'],
  ['z.number().multipleOf(0.5)', z.number().multipleOf(0.5), 'double'],
  ['z.float64()', z.float64(), 'double'],
  ['z.coerce.number().int()', z.coerce.number().int(), 'integer'],
  ['z.bigint()', z.bigint(), 'bigint'],
  ['z.int64()', z.int64(), 'bigint'],
  ['z.boolean()', z.boolean(), 'boolean'],
  ['z.string()', z.string().min(1), 'text'],
  ['z.email()', z.email(), 'text'],
  ['z.uuid()', z.uuid(), 'text'],
  ['z.iso.datetime()', z.iso.datetime(), 'text'],
  ['z.iso.date()', z.iso.date(), 'text'],
  ['z.templateLiteral()', z.templateLiteral(['a', z.int()]), 'text'],
  ['z.string().brand()', z.string().brand<'Name'>(), 'text'],
  ['z.string().trim()', z.string().trim(), 'text'],
  ['z.date()', z.date(), 'timestamp'],
  ['z.enum()', z.enum(['a', 'b']), 'text'],
  ['an enum of numbers', z.enum({ Low: 0, High: 1 }), 'integer'],
  ['a literal text', z.literal('a'), 'text'],
  ['a literal integer', z.literal([1, 2]), 'integer'],
  ['a literal fraction', z.literal([1, 2.5]), 'double'],
  ['a literal boolean', z.literal(true), 'boolean'],
  ['a literal bigint', z.literal(1n), 'bigint'],
  ['a literal with null', z.literal(['a', null]), 'text'],
  ['mixed literals', z.literal([1, 'a']), 'json'],
  ['a union of literal texts', z.union([z.literal('a'), z.enum(['b', 'c'])]), 'text'],
  ['a union of one kind', z.union([z.email(), z.uuid()]), 'text'],
  ['a union of kinds', z.union([z.string(), z.number()]), 'json'],
  ['z.array()', z.array(z.string()), 'json'],
  ['z.object()', z.object({ a: z.string() }), 'json'],
  ['z.record()', z.record(z.string(), z.number()), 'json'],
  ['z.tuple()', z.tuple([z.string()]), 'json'],
  ['z.unknown()', z.unknown(), 'json'],
  ['z.json()', z.json(), 'json'],
  ['a pipe', z.string().pipe(z.string().max(5)), 'text'],
  ['a transform of the same kind', z.string().transform((text) => text.trim()), 'text'],
  ['z.preprocess()', z.preprocess((value) => value, z.int()), 'integer'],
  [
    'inside of every wrapper',
    z.int().optional().nullable().default(1).readonly().catch(2).prefault(3),
    'integer',
  ],
];

describe('the fields of a schema', () => {
  it.each(kinds)('sees the kind of %s', (_, schema, kind) => {
    expect(fieldOf(schema).kind).toBe(kind);
  });

  it.each([
    ['required', z.string(), { optional: false, nullable: false, default: undefined }],
    ['optional', z.string().optional(), { optional: true, nullable: false, default: undefined }],
    ['nullable', z.string().nullable(), { optional: false, nullable: true, default: undefined }],
    ['nullish', z.string().nullish(), { optional: true, nullable: true, default: undefined }],
    ['a union with null', z.union([z.string(), z.null()]), { optional: false, nullable: true }],
    ['a union with undefined', z.union([z.string(), z.undefined()]), { optional: true, nullable: false }],
    ['made required again', z.string().optional().nonoptional(), { optional: false, nullable: false }],
    ['a default', z.string().default('x'), { optional: false, nullable: false, default: 'x' }],
    [
      'a default of null',
      z.string().nullable().default(null),
      { optional: false, nullable: true, default: null },
    ],
    ['a default of zero', z.int().default(0), { optional: false, default: 0 }],
    ['an optional default', z.string().default('x').optional(), { optional: false, default: 'x' }],
    [
      'a default that is computed',
      z.array(z.string()).default(() => ['x']),
      { optional: false, default: ['x'] },
    ],
    ['a prefault, which is input', z.coerce.number().int().prefault('5'), { optional: false, default: 5 }],
    ['anything', z.unknown(), { optional: true, nullable: true }],
  ])('sees what may be absent or null: %s', (_, schema, expected) => {
    expect(fieldOf(schema)).toMatchObject(expected);
  });

  it.each([
    ['outside', z.string().optional().meta({ readOnly: true })],
    ['inside', z.string().meta({ readOnly: true }).optional().default('x')],
  ])('sees that a field is read-only, said %s', (_, schema) => {
    expect(fieldOf(schema).readOnly).toBe(true);
    expect(fieldOf(z.string().meta({ title: 'x' })).readOnly).toBe(false);
  });

  it('sees closed lists of values', () => {
    expect(fieldOf(z.enum(['a', 'b']).nullable()).values).toEqual(['a', 'b']);
    expect(fieldOf(z.literal([1, 2])).values).toEqual([1, 2]);
    expect(fieldOf(z.union([z.literal('a'), z.enum(['b'])])).values).toEqual(['a', 'b']);
    expect(fieldOf(z.string()).values).toBeUndefined();
  });

  it('lists fields in their order, and the same list again', () => {
    const schema = z.object({ b: z.string(), a: z.string() }).extend({ c: z.int() });
    expect(schemaFields(schema).map(({ name }) => name)).toEqual(['b', 'a', 'c']);
    expect(schemaFields(schema)).toBe(schemaFields(schema));
  });

  it('gives what is inside of the wrappers', () => {
    const inner = z.int().min(3);
    expect(unwrapped(inner.nullable().optional())).toBe(inner);
  });

  it('knows a schema whose output is no input for it', () => {
    const codec = z.codec(z.iso.datetime(), z.date(), {
      decode: (t) => new Date(t),
      encode: (d) => d.toISOString(),
    });
    expect(changesKind(codec)).toBe(true);
    expect(changesKind(z.stringbool())).toBe(true);
    expect(changesKind(z.string().transform((text) => text.trim()))).toBe(false);
    expect(changesKind(z.preprocess((value) => value, z.int()))).toBe(false);
  });
});
