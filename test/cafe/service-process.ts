import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type ServiceName } from '../../scripts/cafe-services.ts';

const packages = resolve(import.meta.dirname, '../../packages');
/** How much of its output is kept. */
const OUTPUT_CHARACTERS = 20_000;

/** A service of the cafe as it is shipped: what `npm start` runs, as a process of its own. */
export class ServiceProcess {
  readonly name: ServiceName;
  readonly url: string;
  readonly #process: ChildProcess;
  #output = '';

  /** @param environment with `PORT`, where it listens */
  constructor(name: ServiceName, environment: Readonly<Record<string, string>>) {
    this.name = name;
    this.url = `http://localhost:${environment['PORT']}`;
    this.#process = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
      cwd: join(packages, SERVICES[name].folder),
      env: { PATH: process.env['PATH'], NODE_OPTIONS: process.env['NODE_OPTIONS'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream
        .setEncoding('utf8')
        .on('data', (text: string) => (this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS)));
    }
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** The end of what it has written. */
  get output(): string {
    return this.#output;
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Waits until it is ready. */
  async ready(withinMs = 60_000): Promise<void> {
    for (const deadline = Date.now() + withinMs; ; await sleep(10)) {
      if (!this.isAlive) throw new Error(`${this.name} ended with ${this.#process.exitCode}: ${this.output}`);
      if (Date.now() > deadline) throw new Error(`${this.name} is not ready: ${this.output}`);
      try {
        if ((await fetch(`${this.url}/actuator/health/readiness`)).ok) return;
      } catch {
        // not listening yet
      }
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Stops it as an operator does, or in the way of that signal; tells its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.isAlive) {
      this.#process.kill(signal);
      await once(this.#process, 'exit');
    }
    return this.#process.exitCode;
  }
}
