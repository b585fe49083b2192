import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/kernel/errors/model-errors.js';
import { PatchTestFailedError } from '../../src/kernel/errors/request-errors.js';
import { jsonPatched } from '../../src/http/resource/json-patch.js';
import { mergePatched } from '../../src/http/resource/merge-patch.js';

const outcomeOf = (attempt: () => string): string => {
  try {
    return attempt();
  } catch (error) {
    return (error as Error).name;
  }
};
const patched = (document: object, ...operations: object[]) => jsonPatched('x', document, operations);

describe('a JSON patch', () => {
  // the examples of RFC 6902, appendix A
  it.each([
    ['A.1', { foo: 'bar' }, { op: 'add', path: '/baz', value: 'qux' }, { foo: 'bar', baz: 'qux' }],
    [
      'A.2',
      { foo: ['bar', 'baz'] },
      { op: 'add', path: '/foo/1', value: 'qux' },
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3', { baz: 'qux', foo: 'bar' }, { op: 'remove', path: '/baz' }, { foo: 'bar' }],
    ['A.4', { foo: ['bar', 'qux', 'baz'] }, { op: 'remove', path: '/foo/1' }, { foo: ['bar', 'baz'] }],
    ['A.5', { baz: 'qux' }, { op: 'replace', path: '/baz', value: 'boo' }, { baz: 'boo' }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: {} },
      { op: 'move', from: '/foo/waldo', path: '/qux/thud' },
      { foo: { bar: 'baz' }, qux: { thud: 'fred' } },
    ],
    [
      'A.7',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      { op: 'move', from: '/foo/1', path: '/foo/3' },
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    ['A.11', { foo: 'bar' }, { op: 'add', path: '/baz', value: 'qux', xyz: 123 }, { foo: 'bar', baz: 'qux' }],
    ['A.14', { '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: 10 }, { '/': 9, '~1': 10 }],
    ['A.16', { foo: ['bar'] }, { op: 'add', path: '/foo/-', value: ['abc'] }, { foo: ['bar', ['abc']] }],
    ['the root', { foo: 1 }, { op: 'replace', path: '', value: { bar: 2 } }, { bar: 2 }],
  ])('does what RFC 6902 says in %s', (_, document, operation, expected) => {
    expect(patched(document, operation)).toEqual(expected);
  });

  it('leaves the document that it was made from as it is', () => {
    const document = { list: [1], deep: { a: 1 } };
    patched(document, { op: 'add', path: '/list/-', value: 2 }, { op: 'remove', path: '/deep/a' });
    expect(document).toEqual({ list: [1], deep: { a: 1 } });
  });

  it.each([
    ['an index behind the end', { op: 'add', path: '/list/9', value: 1 }],
    ['an index that is no number', { op: 'add', path: '/list/x', value: 1 }],
    ['a parent that is not there', { op: 'add', path: '/no/where', value: 1 }],
    ['a place that is not there', { op: 'replace', path: '/nothing', value: 1 }],
    ['a source that is not there', { op: 'copy', from: '/nothing', path: '/x' }],
  ])('is refused for %s', (_, operation) => {
    expect(() => patched({ list: [1] }, operation)).toThrow(InvalidInputError);
  });

  it('compares by value and quickly, however long the lists are', () => {
    const list = Array.from({ length: 50_000 }, (_, index) => index);
    const begin = performance.now();
    patched({ list }, { op: 'test', path: '/list', value: list });
    expect(() => patched({ list }, { op: 'test', path: '/list', value: list.toReversed() })).toThrow(
      PatchTestFailedError,
    );
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(() => patched({ a: '1' }, { op: 'test', path: '/a', value: 1 })).toThrow(PatchTestFailedError);
  });

  it('cannot reach the prototype of anything', () => {
    for (const path of ['/__proto__/polluted', '/constructor/prototype/polluted', '/a/__proto__/polluted']) {
      // refused or without effect: both will do
      const attempt = () => JSON.stringify(patched({ a: {} }, { op: 'add', path, value: true }));
      expect(outcomeOf(attempt)).toMatch(/^(InvalidInputError|.*"a":.*)$/);
      expect(({} as any).polluted).toBeUndefined();
    }
  });
});

const merge = (target: object, patch: object) =>
  mergePatched(target as never, patch as never, new Set(['nullable']));

describe('a merge patch', () => {
  // the examples of RFC 7396, appendix A, for objects
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ nullable: 1 }, { nullable: null }, { nullable: null }],
  ])('on %j of %j gives %j', (target, patch, expected) => {
    const before = structuredClone(target);
    expect(merge(target, patch)).toEqual(expected);
    expect(target).toEqual(before);
  });
});
