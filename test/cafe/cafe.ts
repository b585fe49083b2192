import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type ServiceName } from '../../scripts/cafe-services.ts';
import { freePorts } from './free-ports.ts';

const packages = resolve(import.meta.dirname, '../../packages');
export const ALL = Object.keys(SERVICES) as ServiceName[];

/** The cafe as it is shipped: each service a process of its own, on free ports, with data in a folder of its own. */
export class Cafe implements AsyncDisposable {
  readonly #processes = new Map<ServiceName, ChildProcess>();
  readonly #output = new Map<ServiceName, string>();

  readonly #ports: ReadonlyMap<ServiceName, number>;
  readonly folder: string;

  readonly #settings: Readonly<Record<string, string>>;

  private constructor(
    settings: Readonly<Record<string, string>>,
    folder: string,
    ports: ReadonlyMap<ServiceName, number>,
  ) {
    this.#settings = settings;
    this.folder = folder;
    this.#ports = ports;
  }

  /** @param settings of all services, beside where they listen and keep their data */
  static async prepare(settings: Readonly<Record<string, string>> = {}): Promise<Cafe> {
    const ports = await freePorts(ALL.length);
    return new Cafe(
      settings,
      mkdtempSync(join(tmpdir(), 'skanu-cafe-')),
      new Map(ALL.map((name, index) => [name, ports[index]!])),
    );
  }

  static async open(...names: ServiceName[]): Promise<Cafe> {
    const cafe = await Cafe.prepare();
    await cafe.start(...(names.length > 0 ? names : ALL));
    return cafe;
  }

  url(name: ServiceName): string {
    return `http://localhost:${this.#ports.get(name)}`;
  }

  /** What a process of the cafe needs to know: its port, and where the others are. */
  environment(name?: ServiceName): Record<string, string> {
    const urls = ALL.map((one) => [SERVICES[one].urlSetting, this.url(one)]);
    return {
      ...Object.fromEntries(urls),
      DATA_DIR: this.folder,
      LOG_LEVEL: 'warn',
      SHUTDOWN_LINGER_MS: '0',
      ...this.#settings,
      ...(name && { PORT: String(this.#ports.get(name)) }),
    };
  }

  pid(name: ServiceName): number {
    return this.#processes.get(name)!.pid!;
  }

  output(name: ServiceName): string {
    return this.#output.get(name) ?? '';
  }

  /** Starts services and waits until they are ready. */
  async start(...names: ServiceName[]): Promise<void> {
    for (const name of names) this.#spawn(name);
    await Promise.all(names.map((name) => this.#ready(name)));
  }

  /** Stops services as an operator does, or in the way of that signal; tells their exit codes. */
  async stop(
    names: readonly ServiceName[] = ALL,
    signal: NodeJS.Signals = 'SIGTERM',
  ): Promise<(number | null)[]> {
    return Promise.all(
      names.map(async (name) => {
        const child = this.#processes.get(name);
        this.#processes.delete(name);
        if (!child) return null;
        if (child.exitCode === null && child.signalCode === null) {
          child.kill(signal);
          await once(child, 'exit');
        }
        return child.exitCode;
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(ALL, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(name: ServiceName): void {
    const child = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
      cwd: join(packages, SERVICES[name].folder),
      env: {
        PATH: process.env['PATH'],
        NODE_OPTIONS: process.env['NODE_OPTIONS'],
        ...this.environment(name),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#processes.set(name, child);
    for (const stream of [child.stdout, child.stderr]) {
      stream
        .setEncoding('utf8')
        .on('data', (text: string) => this.#output.set(name, (this.output(name) + text).slice(-20_000)));
    }
  }

  async #ready(name: ServiceName): Promise<void> {
    const child = this.#processes.get(name)!;
    for (const deadline = Date.now() + 20_000; ; await sleep(10)) {
      if (child.exitCode !== null)
        throw new Error(`${name} ended with ${child.exitCode}: ${this.output(name)}`);
      if (Date.now() > deadline) throw new Error(`${name} is not ready: ${this.output(name)}`);
      try {
        if ((await fetch(`${this.url(name)}/actuator/health/readiness`)).ok) return;
      } catch {
        // not listening yet
      }
    }
  }
}
