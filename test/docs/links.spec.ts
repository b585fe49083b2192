import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, anchors, pages, textOf, withoutCode } from './markdown.ts';

/** What the links of a page point at, as they are written; those to other sites are left out. */
function linksOf(page: string): string[] {
  const text = withoutCode(textOf(page)).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: +(\S+)/gm)]
    .map((match) => (match[1] ?? match[2])!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function isThere(page: string, target: string): boolean {
  const [path, anchor] = target.split('#') as [string, string?];
  const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (!existsSync(join(ROOT, file))) return false;
  if (anchor === undefined) return true;
  return statSync(join(ROOT, file)).isFile() && anchors(textOf(file)).has(anchor);
}

describe('links in the documentation', () => {
  it('are found', () => {
    expect(linksOf('docs/README.md').length).toBeGreaterThan(10);
  });

  it.each(pages())('of %s lead to a file and a heading that exist', (page) => {
    expect(linksOf(page).filter((target) => !isThere(page, target))).toEqual([]);
  });

  it('lead from docs/README.md to every page of docs', () => {
    const linked = linksOf('docs/README.md').map((target) => normalize(join('docs', target.split('#')[0]!)));
    const all = pages('docs').filter((page) => page !== 'docs/README.md');
    expect(all.filter((page) => !linked.includes(page))).toEqual([]);
  });
});
