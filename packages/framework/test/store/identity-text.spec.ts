import { describe, expect, it } from 'vitest';
import { identityText } from '../../src/store/sql/identity-text.js';

describe('identityText', () => {
  it('leaves ordinary texts as they are', () => {
    for (const text of ['', 'a', 'é😀', 'x'.repeat(200)]) expect(identityText(text)).toBe(text);
  });

  it('gives each text one of its own, of bounded length and without what a database can not keep', () => {
    const long = 'x'.repeat(10_000);
    const texts = [long, `${long}y`, 'a\0', 'a\0b', 'a', '\uD83D', '\uDE00', '#', '##'];
    const identities = texts.map(identityText);
    identities.push(...identities.slice(0, 3).map(identityText));
    expect(new Set(identities).size).toBe(identities.length);
    for (const identity of identities) {
      expect(identity.length).toBeLessThanOrEqual(200);
      expect(identity).not.toMatch(/[\0\p{Surrogate}]/u);
    }
  });
});
