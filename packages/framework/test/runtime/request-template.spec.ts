import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from '../../src/kernel/errors/model-errors.js';
import { operationNoteOf, post } from '../../src/model/http-operation.js';
import { requestTemplate } from '../../src/runtime/remote/request-template.js';

const form = z.object({
  card: z.string(),
  amount: z.bigint().optional(),
  at: z.date().optional(),
  tags: z.array(z.string()).optional(),
  note: z.string().nullable().optional(),
  isTest: z.boolean().default(false),
  parts: z.unknown().optional(),
});
const fill = requestTemplate(
  'payment.pay',
  operationNoteOf(
    post('/payments/{id}', { body: form, bodyKind: 'form', query: z.object({ dry: z.boolean() }) }),
  )!,
);
const where = { id: 7, dry: true };

describe('a request with a form', () => {
  it('has its fields as pairs: lists repeated, instants as ISO, what is absent or null left out', () => {
    const { request } = fill([
      where,
      { card: 'é & =+', amount: 2n ** 63n, at: new Date(0), tags: ['x', 'y'], note: null },
    ]);
    expect(request).toEqual({
      method: 'POST',
      path: '/payments/7?dry=true',
      headers: {
        accept: 'application/json, application/problem+json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'card=%C3%A9+%26+%3D%2B&amount=9223372036854775808&at=1970-01-01T00%3A00%3A00.000Z&tags=x&tags=y&isTest=false',
    });
  });

  it.each([
    ['an object', { a: 1 }],
    ['a list of objects', [{ a: 1 }]],
    ['a list of lists', [['a']]],
  ])('is refused with %s in a field, before anything is sent', (_, parts) => {
    const filling = () => fill([where, { card: 'c', parts }]);
    expect(filling).toThrow(InvalidInputError);
    expect(filling).toThrow(
      'the body of payment.pay is not valid: /parts: is not one value, nor a list of them',
    );
  });

  it('is refused when it is no object at all', () => {
    const note = operationNoteOf(post('/payments', { body: z.array(z.string()), bodyKind: 'form' }))!;
    expect(() => requestTemplate('payment.pay', note)([['a']])).toThrow(
      /^the body of payment.pay is not valid: .*is no object$/,
    );
  });
});

describe('a request whose body is left out', () => {
  it.each(['json', 'form'] as const)('has no content type either (%s)', (bodyKind) => {
    const note = operationNoteOf(post('/payments', { body: form.optional(), bodyKind }))!;
    const { request, options } = requestTemplate('payment.pay', note)([undefined, { timeoutMs: 5 }]);
    expect(request).toMatchObject({ path: '/payments', body: undefined });
    expect(request.headers).not.toHaveProperty('content-type');
    expect(options).toEqual({ timeoutMs: 5 });
  });
});
