import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Death, DeathAnywhere, FromHost, HostPlan, Place, ToHost } from './protocol.ts';

/** Most of what a start costs is reading code: what was read once is kept here. */
const compileCache = join(import.meta.dirname, '../../node_modules/.cache/crash-tests');

/** How long something may take that it shall do. */
const PATIENCE_MS = 45_000;

/** A process that runs services; it can be killed, and can be told where to kill itself. */
export class HostProcess {
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #told = new Set<FromHost['kind']>();
  #news: () => void = () => {};
  #output = '';
  #urls: Readonly<Record<string, string>> = {};

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
      if (message.kind === 'ready') this.#urls = message.urls;
      this.#news();
    });
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Where a service of it listens, once it is ready. */
  url(service: string): string {
    return this.#urls[service]!;
  }

  /** What it has logged, and where it killed itself. */
  get output(): string {
    return this.#output;
  }

  /** Where it killed itself; undefined when it did not. */
  get killedItself(): string | undefined {
    return /^kill -9 (.*)$/m.exec(this.#output)?.[1];
  }

  /** Resolves when it has loaded or is ready; rejects when it ends before, or takes too long. */
  async told(kind: FromHost['kind']): Promise<void> {
    const late = once(AbortSignal.timeout(PATIENCE_MS), 'abort').then(() => 'was late');
    while (!this.#told.has(kind)) {
      const news = new Promise<string>((resolve) => (this.#news = () => resolve('news')));
      const what = await Promise.race([news, late, this.ended.then(() => 'ended')]);
      if (what !== 'news') throw new Error(`the host ${what} before it was ${kind}: ${this.#output}`);
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

  /** Lets the call go on that {@link hangAt} holds. */
  release(): void {
    this.#say({ kind: 'release' });
  }

  /** Sends it a signal, such as SIGSTOP, and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Lets a call hang, from now on. `told('held')` says when it does. */
  async hangAt(place: Place): Promise<void> {
    this.#told.delete('armed');
    this.#say({ kind: 'hang', place });
    await this.told('armed');
  }

  /** Resolves when it has killed itself; rejects when it ended in any other way. */
  async died(): Promise<string> {
    const late = once(AbortSignal.timeout(PATIENCE_MS), 'abort').then(() => 'late');
    if ((await Promise.race([late, this.ended])) === 'late')
      throw new Error(`the host is alive: ${this.#output}`);
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
