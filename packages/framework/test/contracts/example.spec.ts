import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exampleOf } from '../../src/contracts/example.js';
import { jsonSchemaOf } from '../../src/model/json-schema.js';

const node: z.ZodType = z.object({
  name: z.string(),
  get next() {
    return node.optional();
  },
  get children() {
    return z.array(node);
  },
});

describe('exampleOf', () => {
  it('counts whole numbers up, with 1 for the id, and gives texts the names of their fields', () => {
    const order = z.object({
      orderId: z.number().int(),
      id: z.number().int(),
      product: z.string(),
      note: z.string().nullable(),
      lines: z.array(z.object({ id: z.number(), sku: z.string().optional() })),
      status: z.enum(['Placed', 'Cancelled']),
      paid: z.boolean(),
    });
    expect(exampleOf(jsonSchemaOf(order, 'output'))).toEqual({
      orderId: 2,
      id: 1,
      product: 'product',
      note: 'note',
      lines: [{ id: 3, sku: 'sku' }],
      status: 'Placed',
      paid: false,
    });
  });

  it.each(
    Object.entries({
      'a range': z.object({
        qty: z.number().int().min(100).max(200),
        p: z.number().gt(0).lt(1),
        n: z.number().max(-5),
      }),
      'a step': z.number().multipleOf(0.5).min(7),
      'a length': z.object({ code: z.string().min(9), s: z.string().max(3), long: z.string().length(7) }),
      formats: z.object({
        at: z.date(),
        on: z.iso.date(),
        time: z.iso.datetime(),
        mail: z.email(),
        url: z.url(),
        key: z.uuid(),
        ip: z.ipv4(),
      }),
      patterns: z.object({
        big: z.bigint(),
        code: z.string().regex(/^[A-Z]{3}$/),
        zip: z.string().regex(/^\d{5}$/),
      }),
      unions: z.union([z.null(), z.object({ a: z.number() })]),
      'several types': z.literal([3, 'a']),
      'a record': z.record(z.string(), z.number().int()),
      'a record of names': z.record(z.enum(['a', 'b']), z.number().int()),
      places: z.tuple([z.string(), z.number()]).rest(z.boolean()),
      'many items': z.array(z.string().nullable()).min(3),
      'a schema in itself': node,
      'both of two': z.intersection(
        z.object({ a: z.number().min(5) }),
        z.object({ a: z.number().max(6), b: z.string() }),
      ),
      'an open object': z.looseObject({ a: z.string() }),
    }),
  )('fits %s, and is the same each time', (_title, zodSchema) => {
    const schema = jsonSchemaOf(zodSchema, 'output');
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const example = exampleOf(schema);
    const isValid = ajv.compile(schema);
    isValid(example);
    expect(isValid.errors).toBeNull();
    expect(exampleOf(schema)).toEqual(example);
  });

  it('is text for anything', () => {
    expect(exampleOf({ type: 'object', properties: { more: {} } })).toEqual({ more: 'more' });
  });
});
