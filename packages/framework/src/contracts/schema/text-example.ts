import type { TextKeywords } from './value-keywords.js';

/** Texts of each format. `count` makes those different that should be. */
const FORMATS: Readonly<Record<string, (name: string, count: number) => string>> = {
  'date-time': () => '2020-01-01T00:00:00.000Z',
  date: () => '2020-01-01',
  time: () => '12:00:00Z',
  duration: () => 'PT1H',
  email: (name) => `${name}@example.org`,
  hostname: () => 'example.org',
  ipv4: () => '192.0.2.1',
  ipv6: () => '2001:db8::1',
  uri: (name) => `https://example.org/${name}`,
  uuid: (_name, count) => `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
};

/**
 * A text that fits: the name of its field, where nothing is asked for. Of a pattern that nothing simple fits, the name too; undefined: there
 * is no text of such a length.
 */
export function textExample(
  keywords: readonly TextKeywords[],
  name: string,
  nextCount: () => number,
): string | undefined {
  const shortest = Math.max(0, ...keywords.map(({ minLength = 0 }) => minLength));
  const longest = Math.min(...keywords.map(({ maxLength = Infinity }) => maxLength));
  if (shortest > longest) return undefined;
  const format = keywords.map((one) => one.format).find((one) => one !== undefined && one in FORMATS);
  if (format !== undefined) return FORMATS[format]!(name.replaceAll(/\W/g, '') || 'x', nextCount());
  const fitted = (text: string) => stretched(text, shortest).slice(0, longest);
  const patterns = keywords.flatMap(({ pattern }) =>
    pattern === undefined ? [] : [new RegExp(pattern, 'u')],
  );
  if (patterns.length === 0) return fitted(name);
  const candidates = [fitted(name), ...simpleTexts(name, nextCount(), shortest || 1).map(fitted)];
  return candidates.find((text) => patterns.every((pattern) => pattern.test(text))) ?? fitted(name);
}

function simpleTexts(name: string, count: number, length: number): string[] {
  const digits = String(count);
  const lower = name.toLowerCase();
  const counted = [digits.padStart(length, '0'), `+${digits}`, `${digits}.5`];
  const formats = Object.values(FORMATS).map((make) => make(lower, count));
  const lengths = Array.from({ length: 24 }, (_, more) => more + 1);
  const letters = lengths.flatMap((long) => ['A'.repeat(long), 'a'.repeat(long), '1'.repeat(long)]);
  return [lower, name.toUpperCase(), ...counted, `${lower}-${digits}`, ...formats, ...letters];
}

function stretched(text: string, length: number): string {
  return text.length >= length
    ? text
    : (text || 'x').repeat(Math.ceil(length / (text.length || 1))).slice(0, length);
}
