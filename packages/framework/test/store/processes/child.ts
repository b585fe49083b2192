import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../../../', import.meta.url));

/** A script of this folder in a process of its own, which tells what it does line by line on stdout. */
export class Child {
  /** What it told so far. */
  readonly lines: string[] = [];
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  readonly #process: ChildProcess;
  readonly #looks = new Set<() => void>();
  #errors = '';

  constructor(script: string, args: readonly string[], user: { uid?: number; gid?: number } = {}) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const loader = ['--conditions=@skanu/source', '--import', '@oxc-node/core/register'];
    this.#process = spawn(process.execPath, [...loader, path, ...args], {
      ...user,
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stderr!.on('data', (text) => (this.#errors += text));
    const output = createInterface({ input: this.#process.stdout! });
    output.on('line', (line) => {
      this.lines.push(line);
      for (const look of this.#looks) look();
    });
    this.ended = new Promise((resolve) => {
      // `close` comes when all that it told was read
      this.#process.on('close', (code, signal) => {
        resolve({ code, signal });
        for (const look of this.#looks) look();
      });
    });
  }

  /** Resolves when it has told so many lines; rejects when it ends before. */
  async told(count: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (this.lines.length >= count) resolve();
        else if (this.#process.exitCode !== null) reject(new Error(`the child ended: ${this.#errors}`));
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Resolves when it has ended well; rejects with what it wrote to stderr when not. */
  async done(): Promise<void> {
    const { code, signal } = await this.ended;
    if (code !== 0) throw new Error(`the child ended with ${code ?? signal}: ${this.#errors}`);
  }

  /** `kill -9`; resolves when it is gone. Does nothing to one that has ended. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }
}
