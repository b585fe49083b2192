import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, pages, textOf } from './markdown.ts';
import { SnippetFolder, isExcerpt, snippetsOf } from './snippets.ts';

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

  const tested = [...new Set(snippets.filter(({ name }) => name?.endsWith('.spec.ts')).map(({ page }) => page))];
  it.each(tested)('of %s passes its own tests', async (page) => {
    const project = join(folder.path, page);
    // as in the repository: the framework is taken from its sources
    writeFileSync(
      join(project, 'vitest.config.ts'),
      `const conditions = ['@skanu/source', 'module', 'node', 'development|production'];
       export default { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: ['@skanu/source'] } } };`,
    );
    const { stdout } = await run(bin('vitest'), ['run', '--root', project, '--reporter=json'], {
      env: { ...process.env, VITEST: undefined, NODE_OPTIONS: undefined },
    }).catch((error: { stdout?: string; message: string }) => ({ stdout: error.stdout || error.message }));
    expect(stdout).toContain('"success":true');
  });
});

/** Imports are left out: an excerpt needs fewer of them. */
function linesOf(code: string): string[] {
  return code
    .replaceAll(/^import\b[\s\S]*?;$/gm, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^\/\/ \S+\.ts$/.test(line));
}
