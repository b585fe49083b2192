import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ChildMessage } from './parent.js';

/** From here the loader of TypeScript is found. */
const cwd = fileURLToPath(new URL('../../..', import.meta.url));

/** A real process that runs a script of this folder. It is killed with {@link Child.end} at the latest. */
export class Child {
  readonly messages: ChildMessage[] = [];
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #news: () => void = () => {};

  constructor(script: string, argument: object, shell?: string) {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const node = ['--conditions=@skanu/source', '--import', '@oxc-node/core/register'];
    // a shell between parent and child can set limits, and then becomes the child
    this.#process = shell
      ? fork(file, [JSON.stringify(argument)], {
          cwd,
          execPath: '/bin/sh',
          execArgv: ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...node],
        })
      : fork(file, [JSON.stringify(argument)], { cwd, execArgv: node });
    this.#exited = once(this.#process, 'exit');
    this.#process.on('message', (message: ChildMessage) => {
      this.messages.push(message);
      this.#news();
    });
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** The first message of a kind (that fits), as soon as it is there. */
  async told(kind: string, fits: (message: any) => boolean = () => true): Promise<any> {
    for (;;) {
      const found = this.messages.find((message) => message.kind === kind && fits(message));
      if (found) return found;
      const news = new Promise<string>((resolve) => (this.#news = () => resolve('news')));
      const what = await Promise.race([news, this.#exited.then(() => 'exit')]);
      if (what === 'exit') throw new Error(`the child ended before it told ${kind}`);
    }
  }

  say(message: ChildMessage): void {
    this.#process.send(message);
  }

  /** Stops it like a laptop that falls asleep; resolves when it stands still. */
  async stop(): Promise<void> {
    this.#process.kill('SIGSTOP');
    const state = () => execFileSync('ps', ['-o', 'state=', '-p', String(this.pid)], { encoding: 'utf8' });
    while (!state().startsWith('T')) await pause(5);
  }

  goOn(): void {
    this.#process.kill('SIGCONT');
  }

  /** Ends it at once, in whatever it is doing. */
  async end(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}
