import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serviceContract } from '../../src/contracts/contract-of.js';
import { foreignEvents } from '../../src/contracts/wiring/foreign-asyncapi.js';
import { foreignOpenApi } from '../../src/contracts/wiring/foreign-openapi.js';
import { wiringFindings } from '../../src/contracts/wiring/wiring-findings.js';
import { asyncApiOf } from '../../src/contracts/documents/asyncapi-document.js';
import { ConfigurationError } from '../../src/kernel/errors/start-errors.js';
import { del, get, post } from '../../src/model/http-operation.js';
import { caller, lent, publisher, reader } from './wired.js';

const ref = (path: string) => ({ $ref: `#/components/${path}` });
const json = (schema: object) => ({ 'application/json; charset=utf-8': { schema } });

/** As somebody writes it who does not know this framework. */
const library = {
  openapi: '3.0.3',
  info: { title: 'Library', version: '2' },
  servers: [{ url: 'https://library.example' }],
  paths: {
    '/books': {
      summary: 'All books.',
      parameters: [ref('parameters/Page')],
      get: {
        responses: {
          default: { description: 'all', content: json({ type: 'array', items: ref('schemas/Book') }) },
        },
      },
      post: {
        requestBody: ref('requestBodies/Book'),
        responses: { 201: ref('responses/Made'), default: { description: 'an error', content: json({}) } },
      },
    },
    '/books/{id}': ref('pathItems/One'),
    '/notes': {
      get: { responses: { 200: { description: 'of any kind', content: { '*/*': {} } } } },
      put: {},
    },
  },
  components: {
    parameters: {
      Page: { name: 'page', in: 'query', schema: { type: 'integer', minimum: 0, exclusiveMinimum: false } },
    },
    requestBodies: { Book: { required: true, content: json(ref('schemas/Book')) } },
    responses: { Made: { description: 'made', content: { '*/*': { schema: ref('schemas/Book') } } } },
    schemas: {
      Book: {
        type: 'object',
        required: ['id', 'title'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          title: { type: 'string' },
          by: { type: 'string', nullable: true },
        },
      },
    },
    pathItems: { One: { get: { responses: { '2XX': ref('responses/Made') } } } },
  },
};
const book = z.object({ id: z.string(), title: z.string(), by: z.string().nullish() });
const sent = book.extend({ id: z.uuid() });
const check = (call: unknown, document: unknown = library) =>
  wiringFindings([
    {
      ...serviceContract(publisher(lent(), { events: [] })),
      openApi: foreignOpenApi(document, 'library.openapi.json'),
    },
    serviceContract(caller(call)),
  ]).map(({ rule }) => rule);

describe('a service that is known by an OpenAPI document of its own', () => {
  it.each([
    ['a body and an answer that are referred to', post('/books', { body: sent, returns: book })],
    [
      'a parameter that is referred to',
      get('/books', { query: z.object({ page: z.int().min(0) }), returns: z.array(book) }),
    ],
    ['a path that is referred to', get('/books/{id}', { returns: book })],
  ])('is called with %s', (_, call) => {
    expect(check(call)).toEqual([]);
  });

  it.each([
    ['a body without a field', post('/books', { body: sent.omit({ title: true }) }), 'call-body'],
    ['no body', post('/books'), 'call-body'],
    [
      'an answer that may be null',
      get('/books/{id}', { returns: z.object({ by: z.string().optional() }) }),
      'call-answer',
    ],
    [
      'a parameter that is not there',
      get('/books', { query: z.object({ pages: z.int() }), returns: z.array(book) }),
      'call-query',
    ],
    ['a method that is not there, which is no summary', post('/books/{id}'), 'call-method'],
    [
      'a text that may be no uuid',
      get('/books/{id}', { returns: z.object({ id: z.uuid() }) }),
      'answer-format',
    ],
    ['an answer that nobody described', get('/notes', { returns: book }), 'call-unchecked'],
  ])('is called with %s: that is said', (_, call, rule) => {
    expect(check(call)).toEqual([rule]);
  });

  it.each([
    ['no paths', { openapi: '3.1.0', info: { title: 'a', version: '1' } }],
    ['nothing', {}],
  ])('may have %s in it', (_, document) => {
    expect(check(del('/books'), document)).toEqual(['call-path']);
  });

  it.each([
    ['no object', []],
    ['of another version', { swagger: '2.0', paths: {} }],
    ['with a reference into another file', { paths: { '/books': { $ref: 'books.json' } } }],
    ['with a reference that leads nowhere', { paths: { '/books': ref('pathItems/Books') } }],
    ['with a reference that leads in a circle', { paths: { '/books': { $ref: '#/paths/~1books' } } }],
    ['with a parameter that has no name', { paths: { '/books': { parameters: [{}] } } }],
    ['with parameters that are no list', { paths: { '/books': { parameters: {} } } }],
  ])('and one that is %s is refused', (_, document) => {
    expect(() => foreignOpenApi(document, 'library.openapi.json')).toThrow(ConfigurationError);
    expect(() => foreignOpenApi(document, 'library.openapi.json')).toThrow(/^library\.openapi\.json is no/);
  });
});

describe('events of a service that is known by its AsyncAPI document', () => {
  const found = (document: unknown, ...events: Parameters<typeof lent>) => {
    const elsewhere = foreignEvents(document, 'library.asyncapi.json').map((one) => ({
      ...one,
      publisher: 'library',
    }));
    return wiringFindings([serviceContract(reader(lent(...events)))], [], elsewhere);
  };

  it('are compared as those of the modules are: written by this framework', () => {
    const tree: z.ZodType = z.object({
      get below() {
        return tree.optional();
      },
    });
    const document = asyncApiOf(
      serviceContract(publisher(lent({ title: z.string(), tree, pair: z.tuple([z.string()]) }))),
    );
    const pair = z.tuple([z.string()]);
    expect(found(document, { title: z.string(), tree, pair })).toEqual([]);
    expect(found(document, { isbn: z.string() })).toMatchObject([
      { rule: 'event-shape', what: expect.stringContaining('/isbn') },
    ]);
    expect(found(document, { pair: z.tuple([z.boolean()]) })).toMatchObject([{ rule: 'event-shape' }]);
  });

  it('are compared as those of the modules are: written by hand', () => {
    const document = {
      asyncapi: '3.0.0',
      channels: { books: { address: 'events', messages: { lent: ref('messages/lent') } } },
      operations: {
        lend: { action: 'send', channel: { $ref: '#/channels/books' } },
        hear: { action: 'receive', channel: { $ref: '#/channels/books' } },
      },
      components: {
        messages: { lent: { name: 'Lent', payload: ref('schemas/Lent') } },
        schemas: {
          Lent: {
            type: 'object',
            required: ['id', 'title'],
            properties: { id: { type: 'integer' }, title: ref('schemas/Title') },
          },
          Title: { type: 'string' },
        },
      },
    };
    expect(found(document, { title: z.string() })).toEqual([]);
    expect(found(document, { title: z.boolean() })).toMatchObject([{ rule: 'event-shape' }]);
    const newer = {
      ...document,
      components: { ...document.components, messages: { lent: { name: 'Lent.v2' } } },
    };
    expect(found(newer)).toMatchObject([{ rule: 'event-version' }]);
    const undescribed = { ...document, components: { messages: { lent: { name: 'Lent' } } } };
    expect(found(undescribed)).toMatchObject([{ rule: 'event-unchecked', severity: 'note' }]);
    const moved = { ...document, channels: { books: { ...document.channels.books, address: 'books' } } };
    expect(found(moved)).toMatchObject([{ rule: 'event-topic' }]);
  });

  it('where nobody publishes one, it says that such a document may be put there', () => {
    const [fault] = wiringFindings([serviceContract(reader(lent()))]);
    expect(fault).toMatchObject({
      rule: 'event-unpublished',
      fix: expect.stringContaining('contracts/events/{service}.asyncapi.json'),
    });
  });

  it.each([
    [{ asyncapi: '2.6.0' }],
    ['text'],
    [{ asyncapi: '3.0.0', operations: { lend: { action: 'send', channel: { $ref: '#/channels/no' } } } }],
  ])('one that cannot be read is refused', (document) => {
    expect(() => foreignEvents(document, 'library.asyncapi.json')).toThrow(ConfigurationError);
  });
});
