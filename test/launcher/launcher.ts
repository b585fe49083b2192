import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { until } from '../cafe/until.ts';

const root = resolve(import.meta.dirname, '../..');

/** `npm start -- …` without npm: the launcher as a process of its own. */
export function npmStart(names: readonly string[], environment: Readonly<Record<string, string>>): Launcher {
  return new Launcher(['node', 'scripts/cafe.ts', ...names], environment);
}

/** A command at the root of the repository, and what it writes. */
export class Launcher implements AsyncDisposable {
  readonly #process: ChildProcess;
  #output = '';

  constructor([command, ...args]: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#process = spawn(command!, args, {
      cwd: root,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
  }

  get output(): string {
    return this.#output;
  }

  /** The lines of the launcher itself. */
  get said(): string[] {
    return this.#output.split('\n').filter((line) => line.startsWith('[cafe]'));
  }

  /** Waits until it has written something that fits. */
  async says(text: string | RegExp, withinMs = 30_000): Promise<void> {
    await until(
      () => this.#output,
      (output) => (typeof text === 'string' ? output.includes(text) : text.test(output)),
      withinMs,
    );
  }

  /** Waits for its end; tells its exit code. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#process.kill(signal);
    return this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.stop('SIGTERM');
  }
}
