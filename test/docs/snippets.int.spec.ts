import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, pages, textOf } from './markdown.ts';
import { SnippetFolder, isExcerpt, snippetsOf } from './snippets.ts';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
  }[];
}

const run = promisify(execFile);
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
const snippets = pages().flatMap(snippetsOf);

describe('the TypeScript in the documentation', { timeout: 120_000 }, () => {
  let folder: SnippetFolder;
  beforeAll(() => {
    folder = new SnippetFolder(snippets);
  });
  afterAll(() => folder[Symbol.dispose]());

  it('is found, and little of it is fragments', () => {
    const fragments = snippets.filter(({ info }) => info.includes('fragment'));
    expect(snippets.length).toBeGreaterThan(20);
    expect(fragments.length / snippets.length).toBeLessThan(0.15);
  });

  it('compiles against the framework', async () => {
    const outcome = await run(bin('tsc'), ['-p', folder.path, '--pretty', 'false']).then(
      () => '',
      ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
    );
    expect(outcome.replaceAll(`${folder.path}/`, '')).toBe('');
  });

  it('that is taken from a file has only lines of that file, in their order', () => {
    const excerpts = snippets.filter(isExcerpt);
    expect(excerpts.length).toBeGreaterThan(0);
    for (const { name, code } of excerpts) {
      const source = linesOf(textOf(name!));
      let from = 0;
      const added = linesOf(code).filter((line) => {
        const at = source.indexOf(line, from);
        if (at >= 0) from = at + 1;
        return at < 0;
      });
      expect([name, added]).toEqual([name, []]);
    }
  });

  it('passes its own tests', async () => {
    // as in the repository: the framework is taken from its sources
    writeFileSync(
      join(folder.path, 'vitest.config.ts'),
      `const conditions = ['@skanu/source', 'module', 'node', 'development|production'];
       const exclude = ${JSON.stringify([
         // it takes the place of the default
         '**/node_modules/**',
         ...pages()
           .filter(isFollowed)
           .map((page) => `${page}/**`),
       ])};
       export default { test: { isolate: false, exclude }, resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: ['@skanu/source'] } } };`,
    );
    const report = join(folder.path, 'report.json');
    // what fails is in the report
    await run(bin('vitest'), ['run', '--root', folder.path, '--reporter=json', `--outputFile=${report}`], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    }).catch(() => {});
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const outcomes = testResults.map(({ name, status, message }) =>
      `${relative(folder.path, name)} ${status} ${message}`.trim(),
    );
    const tested = snippets
      .filter(({ name, page }) => name?.endsWith('.spec.ts') && !isFollowed(page))
      .map(({ file }) => `${file} passed`);
    expect(outcomes.toSorted()).toEqual(tested.toSorted());
  });
});

/** Whether a test of its own does what the page says, step by step. */
function isFollowed(page: string): boolean {
  return textOf(page).includes('<!-- followed by ');
}

/** Imports are left out: an excerpt needs fewer of them. */
function linesOf(code: string): string[] {
  return code
    .replaceAll(/^import\b[\s\S]*?;$/gm, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^\/\/ \S+\.ts$/.test(line));
}
