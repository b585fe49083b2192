import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serviceContract } from '../../src/contracts/contract-of.js';
import { wiringFindings } from '../../src/contracts/wiring/wiring-findings.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { del, get, head, patch, post, put } from '../../src/model/http-operation.js';
import { defineService } from '../../src/model/service-definition.js';
import { Undo } from '../../src/model/undo.js';
import { caller, described, found, rules } from './wired.js';

const CALL = 'Books.call';
const state = z.object({
  title: z.string().min(1).max(100),
  pages: z.number().int().positive(),
  kind: z.enum(['novel', 'poems']).default('novel'),
});

@Aggregate({ collection: 'books', finders: { findByTitle: ['title'] } })
class Book extends AggregateRoot(state) {}

@Aggregate({ collection: 'loans' })
class Loan extends AggregateRoot(z.object({ book: z.number().int() })) {
  @Undo()
  giveBack() {}
}

const library = defineService({ name: 'library', port: 0, aggregates: [Book, Loan] });
const book = z.object({ title: z.string().min(1).max(100), pages: z.number().int().min(1).max(9999) });
const page = z.object({ _embedded: z.object({ books: z.array(z.object({ title: z.string() })) }) });
const title = z.string().min(1).max(100);
const byTitle = '/books/search/findByTitle';
const id = z.object({ id: z.number().int() });

describe('calls that fit', () => {
  it.each([
    ['create', post('/books', { body: book, returns: id })],
    [
      'read one, whatever its id is called',
      get('/books/{isbn}', { returns: z.object({ title: z.string(), pages: z.number().optional() }) }),
    ],
    ['read one that is written down', get('/books/7', { returns: id })],
    ['ask whether it is there', head('/books/{id}')],
    ['search', get(byTitle, { query: z.object({ title }), returns: page })],
    ['page by number', get('/books', { query: z.object({ page: z.number().int().min(0) }), returns: page })],
    ['sort by one field', get('/books', { query: z.object({ sort: z.string() }), returns: page })],
    ['ask for a text by a number', get(byTitle, { query: z.object({ title: z.number() }), returns: page })],
    ['change', patch('/books/{id}', { body: z.object({ pages: z.number().int().positive() }), returns: id })],
    ['replace', put('/books/{id}', { body: book })],
    ['delete', del('/books/{id}')],
    ['repeat what has a key', post('/books', { body: book, retry: { attempts: 3 } })],
    ['take back', post('/loans', { body: z.object({ book: z.number().int() }), undo: true })],
    ['ask for its health, which no document has', get('/actuator/health', { returns: z.object({}) })],
  ])('%s', (_, call) => {
    expect(found(library, caller(call))).toEqual([]);
  });
});

describe('calls that do not fit', () => {
  it.each([
    ['a path that is not there', post('/book', { body: book }), 'call-path', 'the nearest is /books'],
    ['a search that is not there', get('/books/search/findByTitel', { returns: page }), 'call-path', byTitle],
    ['a word where an id must be', get('/books/newest', { returns: id }), 'call-path', '/books'],
    ['a method that is not there', del('/books'), 'call-method', 'answers only GET, POST there'],
    [
      'a body without a field that must be there',
      post('/books', { body: book.omit({ pages: true }) }),
      'call-body',
      '/pages',
    ],
    [
      'a body with a field of another type',
      post('/books', { body: book.extend({ pages: z.string() }) }),
      'call-body',
      '/pages',
    ],
    [
      'a body with a value that is not known',
      post('/books', { body: book.extend({ kind: z.enum(['comic']) }) }),
      'call-body',
      '/kind',
    ],
    ['no body where one must be', post('/books'), 'call-body', 'does not go without'],
    ['a form', post('/books', { body: book, bodyKind: 'form' }), 'call-body', 'takes application/json'],
    [
      'a parameter that is not known',
      get(byTitle, { query: z.object({ title, titel: z.string() }), returns: page }),
      'call-query',
      'the nearest is title',
    ],
    [
      'no parameter where one must be',
      get(byTitle, { returns: page }),
      'call-query',
      'does not send the parameter title',
    ],
    [
      'a parameter that may be missing',
      get(byTitle, { query: z.object({ title: title.optional() }), returns: page }),
      'call-query',
      'may leave out the parameter title',
    ],
    [
      'a parameter of another type',
      get('/books', { query: z.object({ page: z.string() }), returns: page }),
      'call-query',
      '?page',
    ],
    [
      'an answer without a field that is read',
      get('/books/{id}', { returns: z.object({ isbn: z.string() }) }),
      'call-answer',
      '/isbn',
    ],
    [
      'an answer of another type',
      get('/books/{id}', { returns: z.object({ title: z.number() }) }),
      'call-answer',
      '/title',
    ],
    [
      'an answer with values that are not known',
      get('/books/{id}', { returns: z.object({ kind: z.enum(['novel']) }) }),
      'call-answer',
      '/kind',
    ],
    ['an answer that has no body', del('/books/{id}', { returns: id }), 'call-answer', 'without JSON'],
    [
      'an undo that is not there',
      post('/books', { body: book, undo: true }),
      'call-undo',
      '/books/requests/{key}',
    ],
    [
      'an undo by a path of its own that is not there',
      post('/loans', { body: z.object({ book: z.number().int() }), undo: '/loans/undo/{key}' }),
      'call-undo',
      '/loans/undo/{key}',
    ],
  ])('%s is a fault', (_, call, rule, words) => {
    const [fault, ...others] = found(library, caller(call));
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ rule, severity: 'fault', service: 'reader', about: CALL });
    expect(fault!.what).toContain(words);
    expect(fault!.fix).not.toBe('');
  });

  it('a value out of a range is a note: the caller is told, and it is often a rule of the provider alone', () => {
    const [note, ...others] = found(
      library,
      caller(post('/books', { body: book.extend({ title: z.string() }) })),
    );
    expect(others).toEqual([]);
    expect(note).toMatchObject({ rule: 'call-range', severity: 'note', about: CALL });
    expect(note!.what).toContain('/title');
  });

  it('a body that nobody reads is a fault', () => {
    const findings = wiringFindings([described({}), serviceContract(caller(post('/books', { body: book })))]);
    expect(findings).toMatchObject([{ rule: 'call-body', what: expect.stringContaining('reads none') }]);
  });
});

describe('a write that is made again', () => {
  const again = { body: book, retry: { attempts: 2 } };

  it('is a fault where its provider does not know Idempotency-Key', () => {
    const json = { 'application/json': { schema: {} } };
    const knowing = { name: 'Idempotency-Key', in: 'header' as const, schema: {} };
    const check = (operation: object) =>
      wiringFindings([
        described({ requestBody: { content: json }, ...operation }),
        serviceContract(caller(post('/books', again))),
      ]).map(({ rule, severity }) => `${rule} ${severity}`);
    expect(check({})).toEqual(['call-repeat fault']);
    expect(check({ parameters: [knowing] })).toEqual([]);
  });

  it('is a note where nothing is known of its provider; a read is none', () => {
    expect(rules(caller(post('/books', again)))).toEqual([
      `call-unchecked ${CALL}`,
      `repeat-unchecked ${CALL}`,
    ]);
    const read = get('/books/{id}', { returns: id, retry: { attempts: 3 } });
    expect(rules(caller(read))).toEqual([`call-unchecked ${CALL}`]);
  });

  it('a provider with faults of its own is said to have them', () => {
    const [note] = wiringFindings([serviceContract(caller(del('/books/{id}')))], ['library']);
    expect(note).toMatchObject({ rule: 'call-unchecked', severity: 'note' });
    expect(note!.what).toContain('library has faults of its own');
  });
});

describe('the time of a caller', () => {
  const slow = defineService({
    ...caller(post('/slow', { timeoutMs: 1_300 }), { name: 'press' }),
    name: 'library',
    aggregates: [Book],
  });
  const times = (call: unknown) => found(slow, caller(call)).filter(({ service }) => service === 'reader');

  it('that is shorter than the longest call of its provider is a fault, with both', () => {
    const [fault, ...others] = times(post('/books', { body: book, timeoutMs: 1_299 }));
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ rule: 'call-time', severity: 'fault', about: CALL });
    expect(fault!.what).toContain(
      'waits 1.299 s for library, which itself may wait 1.3 s for press (Books.call)',
    );
  });

  it('that is as long is enough, and reads call nobody', () => {
    expect(times(post('/books', { body: book, timeoutMs: 1_300 }))).toEqual([]);
    expect(times(get('/books/{id}', { returns: id, timeoutMs: 100 }))).toEqual([]);
  });
});
