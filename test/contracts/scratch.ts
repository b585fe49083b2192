import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const TIMEOUT_MS = 100_000;
const MADE = new Set(['node_modules', 'dist', '.git', '.turbo', '.data', 'coverage']);

/** What a command said and how it ended. */
export interface Ran {
  readonly code: number;
  /** Both outputs, without colours. */
  readonly output: string;
}

/** A copy of the repository to break things in: its sources are its own, what is installed is shared. */
export class Scratch implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'skanu-scratch-'));

  constructor() {
    try {
      this.#copy();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #copy(): void {
    cpSync(root, this.path, {
      recursive: true,
      filter: (source) => source === root || !MADE.has(basename(source)),
    });
    symlinkSync(join(root, 'node_modules'), join(this.path, 'node_modules'));
    for (const folder of [
      'contracts',
      ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
    ]) {
      const modules = join(root, folder, 'node_modules');
      // links to the other packages are relative, and so lead to their copies
      if (existsSync(modules))
        cpSync(modules, join(this.path, folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
    }
  }

  /** Replaces a text that must be there, until the end of a scope. */
  plant(file: string, from: string | RegExp, to: string): Disposable {
    const path = join(this.path, file);
    const before = readFileSync(path, 'utf8');
    const after = before.replace(from, to);
    if (after === before)
      throw new Error(`${file} has no ${String(from)}: the break has to be planted elsewhere`);
    writeFileSync(path, after);
    return { [Symbol.dispose]: () => writeFileSync(path, before) };
  }

  /** Runs a program of the repository. */
  run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const { FORCE_COLOR: _, CONTRACTS: __, ...inherited } = process.env;
    return new Promise((done) => {
      execFile(
        join(this.path, 'node_modules/.bin', program),
        args,
        {
          cwd: this.path,
          env: { ...inherited, NO_COLOR: '1', TURBO_TELEMETRY_DISABLED: '1', ...env },
          timeout: TIMEOUT_MS,
          maxBuffer: 64 * 1024 * 1024,
        },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
          done({ code, output: `${stdout}\n${stderr}` });
        },
      );
    });
  }

  /** Runs spec files of the repository. */
  specs(...files: readonly string[]): Promise<Ran> {
    return this.run('vitest', ['run', ...files]);
  }

  /** Runs a command of `skanu` over the sources of all services. */
  skanu(...words: readonly string[]): Promise<Ran> {
    const modules = readdirSync(join(this.path, 'packages'))
      .filter((name) => name.startsWith('cafe-'))
      .map((name) => `packages/${name}/src/service.ts`);
    return this.run('node', [
      '--conditions=@skanu/source',
      '--import',
      '@oxc-node/core/register',
      'packages/framework/src/cli/main.ts',
      ...words,
      ...modules,
    ]);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}
