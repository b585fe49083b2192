import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, codeBlocks, textOf } from './markdown.ts';
import { SnippetFolder, snippetsOf } from './snippets.ts';

const PAGE = 'docs/tutorial/first-contract.md';

describe('the tutorial on contracts, as it is written', { timeout: 60_000 }, () => {
  let snippets: SnippetFolder;
  let folder: string;

  beforeAll(() => {
    snippets = new SnippetFolder(snippetsOf(PAGE));
    folder = join(snippets.path, PAGE);
    writeFileSync(
      join(folder, 'vitest.config.ts'),
      `const conditions = ['@skanu/source', 'module', 'node', 'development|production'];
       export default { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: ['@skanu/source'] } } };`,
    );
  });
  afterAll(() => snippets[Symbol.dispose]());

  const commands = codeBlocks(textOf(PAGE)).flatMap(({ info, code }) =>
    info === 'sh' ? code.split('\n').filter((line) => line.includes('vitest')) : [],
  );
  const run = (command: string) =>
    new Promise<{ readonly isGood: boolean; readonly output: string }>((done) => {
      const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`;
      execFile(
        'sh',
        ['-c', command.replace('npx ', '')],
        { cwd: folder, env: { PATH: path, HOME: process.env['HOME'], NO_COLOR: '1' }, timeout: 50_000 },
        (error, stdout, stderr) => done({ isGood: error === null, output: `${stdout}${stderr}` }),
      );
    });

  it('writes a pact, keeps it, breaks it, and says so in the words of the page', async () => {
    const [write, all, shop] = commands;
    expect(commands).toHaveLength(3);
    expect(await run(write!)).toMatchObject({ isGood: true });
    const pact = JSON.parse(readFileSync(join(folder, 'contracts/pacts/ledger-shop.json'), 'utf8'));
    expect(Object.keys(pact.interactions[0].contents.content).toSorted()).toEqual([
      'amount',
      'eventType',
      'id',
      'timestamp',
    ]);
    expect(await run(all!)).toMatchObject({ isGood: true, output: expect.stringContaining('2 passed') });

    const file = join(folder, 'src/shop.ts');
    const [schema, publish] = snippetsOf(PAGE)
      .filter(({ info }) => info.includes('fragment'))
      .map(({ code }) => code.trim());
    const before = readFileSync(file, 'utf8');
    const after = before
      .replace(/^const sale = .*$/m, schema!)
      .replace('new SaleMade(this).publishAfterCommit();', publish!);
    writeFileSync(file, after);
    const { isGood, output } = await run(shop!);
    expect(isGood).toBe(false);
    const said = codeBlocks(textOf(PAGE))
      .find(({ info }) => info === 'text')!
      .code.trim();
    for (const line of said.split('\n')) expect(output).toContain(line);
  });
});
