import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { misfits } from '../../src/contracts/misfits.js';
import { type JsonSchema, jsonSchemaOf } from '../../src/model/json-schema.js';

interface Case {
  readonly sent: z.ZodType | JsonSchema;
  readonly accepted: z.ZodType | JsonSchema;
  /** `path kind: what`; none: it fits. */
  readonly found?: readonly string[];
}

const whole = z.number().int();
const tree: z.ZodType = z.object({
  name: z.string(),
  get children() {
    return z.array(tree);
  },
});
const looseTree: z.ZodType = z.object({
  name: z.string().nullable(),
  get children() {
    return z.array(looseTree);
  },
});
const cat = z.object({ kind: z.literal('cat'), lives: whole });
const dog = z.object({ kind: z.literal('dog') });
const pets = z.discriminatedUnion('kind', [cat, dog]);

const CASES: Readonly<Record<string, Case>> = {
  'the same schema': { sent: z.object({ id: whole }), accepted: z.object({ id: whole }) },
  'a field more': { sent: z.object({ id: whole, name: z.string() }), accepted: z.object({ id: whole }) },
  'a field that nobody needs': {
    sent: z.object({ id: whole }),
    accepted: z.object({ id: whole, name: z.string().optional() }),
  },
  'a field that is gone': {
    sent: z.object({}),
    accepted: z.object({ id: whole }),
    found: ['/id missing: is absent, and must be there'],
  },
  'a field that may be left out': {
    sent: z.object({ id: whole.optional() }),
    accepted: z.object({ id: whole }),
    found: ['/id maybe missing: may be absent, and must be there'],
  },
  'another type': {
    sent: z.object({ qty: z.string() }),
    accepted: z.object({ qty: whole }),
    found: ['/qty type: is text, and must be a whole number'],
  },
  'a whole number for a number': { sent: whole, accepted: z.number() },
  'a number for a whole number': {
    sent: z.number(),
    accepted: whole,
    found: [' type: is a number, and must be a whole number'],
  },
  'a whole number of no bounds for one of zod': { sent: { type: 'integer' }, accepted: whole },
  'null in between': {
    sent: z.object({ a: z.string().nullable() }),
    accepted: z.object({ a: z.string() }),
    found: ['/a type: may be null, and must not be'],
  },
  'null where it may be': { sent: z.string(), accepted: z.string().nullable() },
  'null only': { sent: z.null(), accepted: z.string(), found: [' type: is null, and must be text'] },
  'fewer values': { sent: z.enum(['a', 'b']), accepted: z.enum(['a', 'b', 'c']) },
  'a value more': {
    sent: z.enum(['a', 'b', 'c']),
    accepted: z.enum(['a', 'b']),
    found: [' values: may be "c", and must be "a" or "b"'],
  },
  'values for text': { sent: z.enum(['a', 'b']), accepted: z.string() },
  'values that are too long': {
    sent: z.enum(['a', 'bcd']),
    accepted: z.string().max(2),
    found: [' values: may be "bcd", and must be one that is taken'],
  },
  'text for values': {
    sent: z.string(),
    accepted: z.enum(['a', 'b']),
    found: [' values: may be any text, and must be "a" or "b"'],
  },
  'values for a number': {
    sent: z.literal('a'),
    accepted: whole,
    found: [' type: is text, and must be a whole number'],
  },
  'values of several types': { sent: z.literal([1, 'a']), accepted: z.union([whole, z.string()]) },
  'true for true or false': { sent: z.literal(true), accepted: z.boolean() },
  'true or false for true': {
    sent: z.boolean(),
    accepted: z.literal(true),
    found: [' values: may be false, and must be true'],
  },
  'true or false for true and false': { sent: z.boolean(), accepted: z.literal([true, false]) },
  'a narrower range': { sent: z.number().min(1).max(5), accepted: z.number().gt(0).max(5) },
  'a wider range': {
    sent: z.number().min(0).max(10),
    accepted: z.number().gt(0).lt(10),
    found: [
      ' range: may be 0 or more, and must be more than 0',
      ' range: may be 10 or less, and must be less than 10',
    ],
  },
  'a range of no end': {
    sent: whole,
    accepted: whole.min(1),
    found: [' range: may be any number below 1, and must be 1 or more'],
  },
  'a multiple of a multiple': { sent: z.number().multipleOf(6), accepted: z.number().multipleOf(3) },
  'no multiple': {
    sent: z.number().multipleOf(2),
    accepted: z.number().multipleOf(3),
    found: [' range: may be no multiple of 3, and must be one'],
  },
  'longer text': {
    sent: z.string(),
    accepted: z.string().min(1).max(20),
    found: [
      ' range: may be empty, and must have 1 character or more',
      ' range: may be of any length, and must have 20 characters or fewer',
    ],
  },
  'the same pattern': { sent: z.string().regex(/^a+$/).max(3), accepted: z.string().regex(/^a+$/) },
  'another pattern': {
    sent: z.string().regex(/^a$/),
    accepted: z.string().regex(/^a+$/),
    found: [' format: may not look like ^a+$, and must look like that'],
  },
  'one of several patterns': { sent: z.string().regex(/a/).regex(/b/), accepted: z.string().regex(/b/) },
  'the same format': { sent: z.email(), accepted: z.email() },
  'no format': {
    sent: z.string(),
    accepted: z.email(),
    found: [' format: may not look like email, and must look like that'],
  },
  'a date for an instant': { sent: z.date(), accepted: z.iso.datetime() },
  'an instant for a date': { sent: z.iso.datetime(), accepted: z.date() },
  'a date for a day': {
    sent: z.date(),
    accepted: z.iso.date(),
    found: [' format: may not look like date, and must look like that'],
  },
  'items that do not fit': {
    sent: z.object({ lines: z.array(z.object({ qty: z.string() })) }),
    accepted: z.object({ lines: z.array(z.object({ qty: whole })) }),
    found: ['/lines/*/qty type: is text, and must be a whole number'],
  },
  'fewer items': {
    sent: z.array(whole),
    accepted: z.array(whole).min(1).max(9),
    found: [
      ' range: may have only 0 items, and must have 1 or more',
      ' range: may have any number of items, and must have 9 or fewer',
    ],
  },
  'places of a list': {
    sent: z.tuple([z.string(), z.string()]),
    accepted: z.tuple([z.string(), whole]),
    found: ['/1 type: is text, and must be a whole number'],
  },
  'places for a list': { sent: z.tuple([whole, whole]), accepted: z.array(whole) },
  'a list for places': {
    sent: z.array(whole),
    accepted: z.tuple([whole]),
    found: [
      ' range: may have only 0 items, and must have 1 or more',
      ' range: may have any number of items, and must have 1 or fewer',
      '/* type: is there, and must never be',
    ],
  },
  'a record': { sent: z.record(z.string(), whole), accepted: z.record(z.string(), z.number()) },
  'a record of others': {
    sent: z.record(z.string(), whole),
    accepted: z.record(z.string(), z.string()),
    found: ['/* type: is a whole number, and must be text'],
  },
  'an object for a record': {
    sent: z.object({ a: whole, b: z.string() }),
    accepted: z.record(z.string(), whole),
    found: ['/b type: is text, and must be a whole number'],
  },
  'a record for an object': {
    sent: z.record(z.string(), whole),
    accepted: z.object({ a: whole }),
    found: ['/a maybe missing: may be absent, and must be there'],
  },
  'a record of names': {
    sent: z.record(z.string(), whole),
    accepted: z.partialRecord(z.enum(['a', 'b']), whole),
    found: [' values: may have fields of any name, and must have fields whose names are taken'],
  },
  'a record of all names': {
    sent: z.record(z.enum(['a', 'b']), whole),
    accepted: z.object({ a: whole, b: whole }),
  },
  'a member of a union': { sent: z.string(), accepted: z.union([whole, z.string()]) },
  'a union for a member': {
    sent: z.union([whole, z.string()]),
    accepted: z.string(),
    found: [' type: may be a whole number, and must be text'],
  },
  'a type of no member': {
    sent: z.boolean(),
    accepted: z.union([whole, z.string()]),
    found: [' type: is true or false, and must be a whole number or text'],
  },
  'a kind of pet': { sent: cat, accepted: pets },
  'all kinds of pets': { sent: pets, accepted: pets },
  'a kind that changed': {
    sent: cat.extend({ lives: z.string() }),
    accepted: pets,
    found: ['/lives type: is text, and must be a whole number'],
  },
  'one of several kinds': {
    sent: z.object({ a: whole }),
    accepted: { oneOf: [{ type: 'object' }, { type: 'object', properties: { a: { type: 'integer' } } }] },
    found: [' values: may be of several kinds, and must be of one alone'],
  },
  'both of two': {
    sent: z.object({ a: whole, b: whole }),
    accepted: { allOf: [jsonSchemaOf(z.object({ a: whole }), 'input'), { required: ['b', 'c'] }] },
    found: ['/c missing: is absent, and must be there'],
  },
  'anything for something': {
    sent: z.any(),
    accepted: z.object({ a: whole }),
    found: [' type: may be anything, and must be an object'],
  },
  'something for anything': { sent: z.object({ a: whole }), accepted: z.unknown() },
  'a tree': { sent: tree, accepted: looseTree },
  'a tree that is stricter': {
    sent: looseTree,
    accepted: tree,
    found: ['/name type: may be null, and must not be'],
  },
  'a tree in an object': { sent: z.object({ tree }), accepted: z.object({ tree }) },
  'something nobody knows': {
    sent: z.array(whole),
    accepted: { type: 'array', uniqueItems: true },
    found: [' values: may not fit what uniqueItems asks for, and must fit'],
  },
  'a name with a slash': {
    sent: z.object({ 'a/b~c': z.string() }),
    accepted: z.object({ 'a/b~c': whole }),
    found: ['/a~1b~0c type: is text, and must be a whole number'],
  },
};

describe('misfits', () => {
  it.each(Object.entries(CASES))('%s', (_title, { sent, accepted, found = [] }) => {
    const told = misfits(schemaOf(sent, 'output'), schemaOf(accepted, 'input'));
    expect(told.map(({ path, kind, what }) => `${path} ${kind}: ${what}`)).toEqual(found);
  });

  it('follow references into a document', () => {
    const schemas: Record<string, JsonSchema> = {
      'doc#/Cup': { type: 'object', properties: { id: { type: 'string' }, saucer: { $ref: 'doc#/Cup' } } },
    };
    const found = misfits(
      { $ref: 'doc#/Cup' },
      { type: 'object', properties: { saucer: { properties: { id: { type: 'integer' } } } } },
      { sent: (ref) => schemas[ref] },
    );
    expect(found).toMatchObject([
      { path: '/saucer/id', kind: 'type', what: 'is text, and must be a whole number' },
    ]);
  });

  it('are none between a schema and itself, however many members its unions have', () => {
    const many = z.union(Array.from({ length: 70 }, (_, at) => z.object({ kind: z.literal(`kind ${at}`) })));
    const schema = jsonSchemaOf(z.object({ pet: many }), 'output');
    expect(misfits(schema, structuredClone(schema))).toEqual([]);
  });

  it('end, whatever the schemas refer to', () => {
    const loop: JsonSchema = { anyOf: [{ $ref: '#' }, { type: 'string' }] };
    expect(misfits(loop, { type: 'string' })).toEqual(expect.any(Array));
    expect(misfits({ type: 'string' }, loop)).toEqual(expect.any(Array));
  });
});

function schemaOf(schema: z.ZodType | JsonSchema, io: 'input' | 'output'): JsonSchema {
  return schema instanceof z.ZodType ? jsonSchemaOf(schema, io) : schema;
}
