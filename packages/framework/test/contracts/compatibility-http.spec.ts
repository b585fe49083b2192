import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contractChanges } from '../../src/contracts/compatibility/contract-changes.js';
import { lockedContracts } from '../../src/contracts/compatibility/contracts-lock.js';
import type { Contract, OpenApiOperation, OpenApiParameter } from '../../src/contracts/service-contract.js';
import { jsonSchemaOf } from '../../src/model/json-schema.js';
import { changesOf, delivery, gateway, named, nobody, order, pacts, payment, told } from './neighbours.js';

const id = z.number().int();
const status = z.string();
const JSON_TYPE = 'application/json';

type Api = Readonly<Record<string, Partial<OpenApiOperation>>>;
const content = (schema: z.ZodType, io: 'input' | 'output', type = JSON_TYPE) => ({
  [type]: { schema: jsonSchemaOf(schema, io) },
});
const answers = (shape: z.ZodRawShape, code = '200', type = JSON_TYPE): Partial<OpenApiOperation> => ({
  responses: { [code]: { content: content(z.object(shape), 'output', type) } },
});
const takes = (shape: z.ZodRawShape, required = true, type = JSON_TYPE): Partial<OpenApiOperation> => ({
  requestBody: { required, content: content(z.object(shape), 'input', type) },
});
const asks = (...parameters: OpenApiParameter[]): Partial<OpenApiOperation> => ({ parameters });
const query = (name: string, schema: z.ZodType, required = false): OpenApiParameter => ({
  name,
  in: 'query',
  required,
  schema: jsonSchemaOf(schema, 'input'),
});
const header = (name: string): OpenApiParameter => ({ name, in: 'header', schema: { type: 'string' } });
const get = (operation: Partial<OpenApiOperation>): Api => ({ 'GET /payments/{id}': operation });
const post = (operation: Partial<OpenApiOperation>): Api => ({ 'POST /payments': operation });
const codes = (...all: string[]): Partial<OpenApiOperation> => ({
  responses: Object.fromEntries(all.map((code) => [code, {}])),
});

/** What changes, the API before and after, then what is found: the rule, the field, who uses it. */
const CHANGES: readonly (readonly [string, Api, Api, ...string[]])[] = [
  ['an answer gets a field', get(answers({ id })), get(answers({ id, cost: id }))],
  ['an answer says more of a field', get(answers({ status })), get(answers({ status: z.enum(['a']) }))],
  [
    'an answer gets a media type',
    get(answers({ id })),
    get({
      responses: {
        200: {
          content: {
            ...content(z.object({ id }), 'output'),
            ...content(z.object({ id }), 'output', 'application/hal+json'),
          },
        },
      },
    }),
  ],
  [
    'a request loses a field that only one kind of it had',
    post(
      takes({
        pay: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('a'), x: status }),
          z.object({ kind: z.literal('b') }),
        ]),
      }),
    ),
    post(
      takes({
        pay: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('a') }),
          z.object({ kind: z.literal('b') }),
        ]),
      }),
    ),
    'body-field-gone pay.x',
  ],
  [
    'a request takes only some names where it took any',
    post(takes({ meta: z.record(z.string(), status) })),
    post(takes({ meta: z.object({ colour: status.optional() }) })),
    'body-field-gone meta.*',
  ],
  [
    'what only the service sets takes less of what nobody sends',
    post(takes({ id, status: z.enum(['a', 'b']).meta({ readOnly: true }) })),
    post(takes({ id, status: z.enum(['a']).meta({ readOnly: true }) })),
  ],
  [
    'a field is set by the service only from now on',
    post(takes({ id, status })),
    post(takes({ id, status: status.meta({ readOnly: true }) })),
    'body-field-gone status',
  ],
  [
    'two fields of an answer that are called the same',
    get(answers({ billing: z.object({ street: status }), shipping: z.object({ street: status }) })),
    get(answers({ billing: z.object({}), shipping: z.object({}) })),
    'answer-field-gone billing.street',
    'answer-field-gone shipping.street',
  ],
  ['an error is added', get(codes('200')), get(codes('200', '404'))],
  ['an error goes', get(codes('200', '404')), get(codes('200'))],
  [
    'an answer loses a field',
    get(answers({ id, status })),
    get(answers({ id })),
    'answer-field-gone status <- browser',
  ],
  [
    'an answer loses a field that nobody reads',
    get(answers({ id, cost: id })),
    get(answers({ id })),
    'answer-field-gone cost',
  ],
  [
    'an answer renames a field',
    get(answers({ id, status })),
    get(answers({ id, state: status })),
    'answer-field-renamed status <- browser',
  ],
  [
    'an answer to a client in code',
    post(answers({ id }, '201')),
    post(answers({ id: status }, '201')),
    'answer-field-type id <- order',
  ],
  [
    'an answer may leave out a field',
    get(answers({ status })),
    get(answers({ status: status.optional() })),
    'answer-field-optional status <- browser',
  ],
  [
    'an answer may be null in a field',
    get(answers({ status })),
    get(answers({ status: status.nullable() })),
    'answer-field-nullable status <- browser',
  ],
  [
    'an answer has a value more',
    get(answers({ status: z.enum(['a']) })),
    get(answers({ status: z.enum(['a', 'b']) })),
    'answer-field-values status <- browser',
  ],
  [
    'an answer has a wider range',
    get(answers({ id: id.min(1) })),
    get(answers({ id })),
    'answer-field-range id <- browser',
  ],
  [
    'an answer loses a format',
    get(answers({ on: z.iso.date() })),
    get(answers({ on: z.string() })),
    'answer-field-format on',
  ],
  [
    'an answer loses a media type',
    get(answers({ id })),
    get(answers({ id }, '200', 'text/plain')),
    'answer-media-type <- browser',
  ],
  ['an answer loses its body', get(answers({ id })), get(codes('200')), 'answer-media-type <- browser'],
  ['a success changes its status', post(codes('201')), post(codes('202')), 'status-changed <- order'],
  ['a success loses a status', post(codes('200', '204')), post(codes('204')), 'status-gone <- order'],
  ['a success gets a status', post(codes('201')), post(codes('201', '202')), 'status-new <- order'],
  ['a field may be sent', post(takes({ cost: id })), post(takes({ cost: id, note: status.optional() }))],
  [
    'a field with a default may be sent',
    post(takes({ cost: id })),
    post(takes({ cost: id, note: status.default('') })),
  ],
  ['a field need not be sent any more', post(takes({ cost: id })), post(takes({ cost: id.optional() }))],
  ['more is taken', post(takes({ cost: id.min(1) })), post(takes({ cost: z.number().nullable() }))],
  ['the body need not be sent any more', post(takes({ cost: id })), post(takes({ cost: id }, false))],
  [
    'a field must be sent',
    post(takes({ cost: id })),
    post(takes({ cost: id, to: status })),
    'body-field-required to <- order',
  ],
  [
    'a field must be sent that could be left out',
    post(takes({ cost: id.optional() })),
    post(takes({ cost: id })),
    'body-field-required cost <- order',
  ],
  [
    'a field must not be null any more',
    post(takes({ cost: id.nullable() })),
    post(takes({ cost: id })),
    'body-field-nullable cost <- order',
  ],
  [
    'a field that was taken is ignored',
    post(takes({ cost: id, note: status.optional() })),
    post(takes({ cost: id })),
    'body-field-gone note',
  ],
  [
    'a field is taken under another name',
    post(takes({ cost: id })),
    post(takes({ price: id })),
    'body-field-renamed cost <- order',
  ],
  [
    'a field is taken as another type',
    post(takes({ cost: id })),
    post(takes({ cost: status })),
    'body-field-type cost <- order',
  ],
  [
    'fewer values are taken',
    post(takes({ s: z.enum(['a', 'b']) })),
    post(takes({ s: z.enum(['a']) })),
    'body-field-values s',
  ],
  [
    'a narrower range is taken',
    post(takes({ cost: id })),
    post(takes({ cost: id.min(1) })),
    'body-field-range cost <- order',
  ],
  [
    'another format is taken',
    post(takes({ on: status })),
    post(takes({ on: z.iso.date() })),
    'body-field-format on',
  ],
  [
    'the body must be sent',
    post(takes({ cost: id }, false)),
    post(takes({ cost: id })),
    'body-required <- order',
  ],
  ['a body must be sent where there was none', post({}), post(takes({})), 'body-required <- order'],
  ['the body is ignored', post(takes({ cost: id })), post({}), 'body-gone <- order'],
  [
    'the body is taken as another media type',
    post(takes({ cost: id })),
    post(takes({ cost: id }, true, 'text/plain')),
    'body-media-type <- order',
  ],
  ['a parameter is added', get(asks()), get(asks(query('full', status)))],
  ['a parameter takes more', get(asks(query('n', id.max(5)))), get(asks(query('n', id)))],
  ['a parameter is removed', get(asks(query('full', status))), get(asks()), 'parameter-gone <- browser'],
  ['a header is removed', get(asks(header('If-Match'))), get(asks()), 'parameter-gone'],
  ['a header is spelled in another way', get(asks(header('If-Match'))), get(asks(header('if-match')))],
  [
    'a parameter must be sent',
    get(asks()),
    get(asks(query('full', status, true))),
    'parameter-required <- browser',
  ],
  [
    'a parameter takes less',
    get(asks(query('full', status))),
    get(asks(query('full', z.enum(['a'])))),
    'parameter-narrower <- browser',
  ],
  ['an operation is added', get({}), { ...get({}), ...post({}) }, 'operation-new'],
  ['a path is removed', { ...get({}), ...post({}) }, get({}), 'path-gone <- order'],
  [
    'a path is called by another name',
    get({}),
    { 'GET /charges/{id}': {} },
    'path-gone <- browser',
    'operation-new',
  ],
  [
    'a name in a path changes',
    get(asks({ name: 'id', in: 'path', required: true, schema: { type: 'integer' } })),
    { 'GET /payments/{key}': asks({ name: 'key', in: 'path', required: true, schema: { type: 'integer' } }) },
  ],
  ['a method is removed', { ...get({}), 'DELETE /payments/{id}': {} }, get({}), 'method-gone'],
  ['a method is another one', post({}), { 'PUT /payments': {} }, 'method-gone <- order', 'operation-new'],
];

describe('a change of an HTTP API:', () => {
  it.each(CHANGES.map(named))('$title', ({ before, after, found }) => {
    expect(changesOf({ api: before }, { api: after }).map(told)).toEqual(found);
  });

  it('is told once, with all places, where several operations answer with the same object', () => {
    const ref = { $ref: '#/components/schemas/Payment' };
    const page = {
      type: 'object',
      required: ['items'],
      properties: { items: { type: 'array', items: ref } },
    };
    const api: Api = {
      'GET /payments': { responses: { 200: { content: { [JSON_TYPE]: { schema: page } } } } },
      'GET /payments/{id}': {
        responses: { 200: { content: { [JSON_TYPE]: { schema: ref }, hal: { schema: ref } } } },
      },
      'POST /payments': { responses: { 201: { content: { [JSON_TYPE]: { schema: ref } } } } },
    };
    const found = changesOf(
      { api, schemas: { Payment: z.object({ id, status }) } },
      { api, schemas: { Payment: z.object({ id, status: id }) } },
    );
    expect(found).toMatchObject([
      {
        rule: 'answer-field-type',
        where: 'answer 200 of GET /payments/{id}',
        alsoAt: ['answer 200 of GET /payments', 'answer 201 of POST /payments'],
        field: 'status',
        before: 'had to be text',
        after: 'is a whole number',
        readers: [{ consumer: 'browser', by: 'pact', as: 'through gateway' }],
      },
    ]);
  });
});

describe('a change of what there is:', () => {
  const others = [delivery, order];
  const led = (...routes: [string, string][]): Contract => ({
    ...(gateway as Extract<Contract, { kind: 'gateway' }>),
    routes: routes.map(([path, service]) => ({ path, service })),
  });
  const CASES: readonly (readonly [string, Contract[], Contract[], ...string[]])[] = [
    ['a service comes', [], [nobody('stock')], 'service-new'],
    ['a service goes that is called', [payment({})], [], 'service-gone <- order, message'],
    ['a service goes that nobody knows', [nobody('stock')], [], 'service-gone'],
    ['a gateway goes', [gateway], [], 'service-gone <- browser'],
    ['a route goes', [gateway], [led()], 'route-gone <- browser'],
    ['a route leads elsewhere', [gateway], [led(['/payments', 'stock'])], 'route-target <- browser'],
    ['a route comes', [gateway], [led(['/payments', 'payment'], ['/stock', 'stock'])], 'route-new'],
    [
      'a route takes paths over that led elsewhere',
      [gateway],
      [led(['/payments', 'payment'], ['/payments/search', 'billing'])],
      'route-target',
    ],
    ['a gateway waits longer', [gateway], [{ ...gateway, timeoutMs: 20_000 } as Contract]],
    [
      'a gateway waits less',
      [gateway],
      [{ ...gateway, timeoutMs: 500 } as Contract],
      'route-time <- browser',
    ],
  ];
  it.each(CASES.map(named))('$title', ({ before, after, found }) => {
    const lock = lockedContracts([...others, ...before]);
    expect(contractChanges(lock, [...others, ...after], pacts).map(told)).toEqual(found);
  });
});
