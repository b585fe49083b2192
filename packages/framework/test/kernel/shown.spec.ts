import { describe, expect, it } from 'vitest';
import { shownJson, shownText, shownUrl } from '../../src/kernel/shown.js';

describe('what somebody else has sent, shown in a message,', () => {
  it('has no secrets in it, wherever they are', () => {
    const json = shownJson({ a: 1n, dbPassword: 'x', deep: [{ token: { a: 1 }, 'api-key': 'x', ok: null }] });
    expect(json).toBe('{"a":"1","dbPassword":"***","deep":[{"token":"***","api-key":"***","ok":null}]}');
    expect(shownText('<p>token=abc&x=1 Authorization: Bearer abc, "password": "a\'b"')).toBe(
      '<p>token=***&x=1 Authorization: ***, "password": ***',
    );
  });

  it.each([
    ['{"password": "correct horse \\" battery"} x', '{"password": ***} x'],
    ["{'password': 'correct horse'} x", "{'password': ***} x"],
    ['{"token2":"a b","id":1}', '{"token2":***,"id":1}'],
    [
      String.raw`{"msg":"{\"password\":\"a b\",\"id\":1}"}`,
      String.raw`{"msg":"{\"password\":***,\"id\":1}"}`,
    ],
    ['{"msg":"password=abc"}', '{"msg":"password=***"}'],
    ['"secret": "its end is not there', '"secret": ***'],
    ['secret-7: abc', 'secret-7: ***'],
  ])('has no secret of more than one word, nor with a number, nor in JSON within JSON: %s', (text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  it('has no secrets in the texts of its JSON either', () => {
    expect(shownJson({ token2: 'x', msg: 'it said password=abc', list: ['{"api_key":"a b"}'] })).toBe(
      '{"token2":"***","msg":"it said password=***","list":["{\\"api_key\\":***}"]}',
    );
  });

  it('costs no more than what is shown of it', () => {
    let looked = 0;
    const costly = () => new Proxy({}, { ownKeys: () => (looked++, []) });
    const deep: unknown[] = [];
    deep.push(deep);
    expect(shownJson(Array.from({ length: 10_000 }, costly))).toHaveLength(201);
    expect(looked).toBeLessThanOrEqual(201);
    expect(shownJson({ ['k'.repeat(1_000_000)]: 'x'.repeat(1_000_000) })).toHaveLength(201);
    expect(shownJson(deep)).toBe(`${'['.repeat(200)}…`);
  });

  it('is cut where it is long', () => {
    expect(shownJson('x'.repeat(1_000))).toHaveLength(201);
    expect(shownText('x'.repeat(1_000))).toBe(`${'x'.repeat(200)}…`);
  });

  it('is nothing where there is nothing', () => {
    expect([shownJson(undefined), shownText('')]).toEqual(['nothing', 'nothing']);
  });

  it('is a URL without user, password and query', () => {
    expect(shownUrl('https://user:p@ss@host:8443/a/b?token=x#y')).toBe('https://host:8443/a/b');
    expect(shownUrl('http://host/')).toBe('http://host');
    expect(shownUrl('no url')).toBe('***');
  });
});
