import { describe, expect, it } from 'vitest';
import { essenceOf, negotiator } from '../../src/http/media-type.js';

const choose = negotiator(['a/best', 'a/second']);

describe('negotiation', () => {
  it.each([
    [undefined, 'a/best'],
    ['a/second', 'a/second'],
    ['a/second, a/best;q=0.1', 'a/best'],
    ['*/*', 'a/best'],
    ['a/*;q=0.2, x/y', 'a/best'],
    ['a/best;q=0, a/*', 'a/second'],
    ['*/*, a/*;q=0', undefined],
    ['x/y', undefined],
    ['', undefined],
    ['a/best;q=nonsense', 'a/best'],
    [' A/Second ; charset=utf-8 ; Q=0.5 ', 'a/second'],
  ])('of Accept: %s chooses %s', (accept, expected) => {
    expect(choose(accept)).toBe(expected);
    // the second time it is remembered
    expect(choose(accept)).toBe(expected);
  });

  it('remembers a bounded number of headers, and is right about the others', () => {
    const bounded = negotiator(['a/best']);
    for (let number = 0; number < 1000; number++) expect(bounded(`x/y${number}`)).toBeUndefined();
    expect(bounded('a/best;q=0.7')).toBe('a/best');
  });
});

it('the essence of a Content-Type is what stands before its parameters, in small letters', () => {
  expect(essenceOf(' Application/JSON ; charset=utf-8')).toBe('application/json');
  expect(essenceOf('text/plain')).toBe('text/plain');
});
