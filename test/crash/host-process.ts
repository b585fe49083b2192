import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Death, DeathAnywhere, FromHost, HostPlan, Place, ToHost } from './protocol.ts';

/** Most of what a start costs is reading code: what was read once is kept here. */
const compileCache = join(import.meta.dirname, '../../node_modules/.cache/crash-tests');

/** A process that runs services; it can be killed, and can be told where to kill itself. */
export class HostProcess {
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #told = new Set<FromHost['kind']>();
  #news: () => void = () => {};
  #output = '';

  constructor(plan: HostPlan, environment: Readonly<Record<string, string>> = {}) {
    this.#process = fork(join(import.meta.dirname, 'processes/host.ts'), {
      // none of the options that the test runner has for itself
      execArgv: [],
      env: { NODE_COMPILE_CACHE: compileCache, ...environment, HOST: JSON.stringify(plan) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    // `close` comes when all that it said was read
    this.ended = new Promise((resolve) => this.#process.once('close', () => resolve()));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream!.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    this.#process.on('message', (message: FromHost) => {
      this.#told.add(message.kind);
      this.#news();
    });
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** What it has logged, and where it killed itself. */
  get output(): string {
    return this.#output;
  }

  /** Where it killed itself; undefined when it did not. */
  get killedItself(): string | undefined {
    return /^kill -9 (.*)$/m.exec(this.#output)?.[1];
  }

  /** Resolves when it has loaded or is ready; rejects when it ends before. */
  async told(kind: FromHost['kind']): Promise<void> {
    while (!this.#told.has(kind)) {
      const news = new Promise<string>((resolve) => (this.#news = () => resolve('news')));
      const what = await Promise.race([news, this.ended.then(() => 'end')]);
      if (what === 'end') throw new Error(`the host ended before it was ${kind}: ${this.#output}`);
    }
  }

  /** Starts one that waits. */
  go(): void {
    this.#say({ kind: 'go' });
  }

  /** Tells it where to die, from now on. */
  async dieAt(death: Death | DeathAnywhere): Promise<void> {
    this.#told.delete('armed');
    this.#say({ kind: 'die', death });
    await this.told('armed');
  }

  /** Lets a call hang, from now on. `told('held')` says when it does. */
  async hangAt(place: Place): Promise<void> {
    this.#told.delete('armed');
    this.#say({ kind: 'hang', place });
    await this.told('armed');
  }

  /** Resolves when it has killed itself; rejects when it ended in any other way. */
  async died(): Promise<string> {
    await this.ended;
    const where = this.killedItself;
    if (where === undefined) throw new Error(`the host did not kill itself: ${this.#output}`);
    return where;
  }

  /** `kill -9`; resolves when it is gone. Does nothing to one that has ended. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }

  #say(message: ToHost): void {
    // one that is dying does not listen any more, and that is what it is for
    this.#process.send(message, () => {});
  }
}
