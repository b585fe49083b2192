import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CodeBlock, ROOT, codeBlocks, pages, textOf } from './markdown.ts';

/** A block of TypeScript of a page, and the file that it is for the compiler. */
export interface Snippet extends CodeBlock {
  readonly page: string;
  /** What its first line says it is called: `// src/loan.ts`. */
  readonly name: string | undefined;
  /** From the folder of all snippets. */
  readonly file: string;
}

export function snippetsOf(page: string): Snippet[] {
  return codeBlocks(textOf(page))
    .filter(({ info }) => /^ts\b/.test(info))
    .map((block) => {
      const name = /^\/\/ (\S+\.ts)\n/.exec(block.code)?.[1];
      return { ...block, page, name, file: join(page, name ?? `line-${block.line}.ts`) };
    });
}

/** The page whose files a page goes on with: `<!-- continues tutorial/first-service.md -->`. */
export function continuedPage(page: string): string | undefined {
  const path = /^<!-- continues (\S+) -->$/m.exec(textOf(page))?.[1];
  return path && join(dirname(page), path);
}

/** Whether a snippet is taken from a file of the repository. */
export function isExcerpt({ name }: Snippet): boolean {
  return name?.startsWith('packages/') ?? false;
}

/** A folder with all snippets as a project that has the framework among its dependencies, as a reader's would. */
export class SnippetFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'skanu-docs-'));

  constructor(snippets: readonly Snippet[]) {
    this.#write('package.json', JSON.stringify({ private: true, type: 'module' }));
    const extended = join(ROOT, 'tsconfig.base.json');
    const files = snippets.map(({ file }) => file);
    this.#write('tsconfig.json', JSON.stringify({ extends: extended, files }));
    this.#link('@skanu/framework', 'packages/framework');
    this.#link('zod', 'packages/framework/node_modules/zod');
    this.#link('vitest', 'node_modules/vitest');
    this.#link('@types/node', 'node_modules/@types/node');
    for (const snippet of snippets.filter(isExcerpt)) {
      const folder = dirname(snippet.name!);
      cpSync(join(ROOT, folder), join(this.path, snippet.page, folder), { recursive: true });
    }
    for (const page of pages()) this.#continue(page);
    for (const { info, code, file } of snippets) {
      // of a fragment the compiler looks at the syntax only
      this.#write(file, info.includes('fragment') ? `// @ts-nocheck\n${code}` : `${code}\nexport {};\n`);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #continue(page: string): void {
    const before = continuedPage(page);
    if (before === undefined) return;
    for (const { name, code } of snippetsOf(before))
      if (name && !name.endsWith('.spec.ts')) this.#write(join(page, name), code);
  }

  #write(file: string, text: string): void {
    const path = join(this.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  #link(name: string, target: string): void {
    const path = join(this.path, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(ROOT, target), path);
  }
}
