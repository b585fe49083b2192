import { describe, expect, it } from 'vitest';
import { codeBlocks, pages, textOf } from './markdown.ts';

/** The lines of all blocks of shell commands on a page, without comments. */
function commandsOf(page: string): string[] {
  return codeBlocks(textOf(page))
    .filter(({ info }) => info === 'sh')
    .flatMap(({ code }) => code.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

describe('commands in the documentation', () => {
  it.each(pages())('of npm in %s are scripts of the repository', (page) => {
    const asked = commandsOf(page).flatMap((line) => [...line.matchAll(/\bnpm (?:run )?([a-z:]+)/g)]);
    const ofNpmItself = ['install', 'init'];
    const missing = asked
      .map(([, name]) => name!)
      .filter((name) => !Object.hasOwn(scripts, name) && !ofNpmItself.includes(name));
    expect(missing).toEqual([]);
  });

  it('of the cafe in README.md are those that a test runs, all of them', () => {
    const shown = commandsOf('README.md').filter((line) => /^http\b/.test(line));
    const spec = textOf('test/cafe/commands.ts');
    const tested = [...spec.matchAll(/^const \w+ =\s+'(http [^']+)';$/gm)].map(([, line]) => line!);
    expect(tested.length).toBeGreaterThan(4);
    expect([...new Set(shown)].toSorted()).toEqual(tested.toSorted());
  });
});
