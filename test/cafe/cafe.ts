import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '../../scripts/cafe-services.ts';
import { freePorts } from '../../packages/framework/test/containers/free-ports.ts';
import { ServiceProcess } from './service-process.ts';

export const ALL = Object.keys(SERVICES) as ServiceName[];

type Settings = Readonly<Record<string, string>>;

/** The cafe as it is shipped: each service a process of its own, on free ports, with data in a folder of its own. */
export class Cafe implements AsyncDisposable {
  readonly folder: string;
  readonly #processes = new Map<ServiceName, ServiceProcess>();
  readonly #ports: ReadonlyMap<ServiceName, number>;
  readonly #settings: Settings;
  readonly #settingsOf: (name: ServiceName) => Settings;

  private constructor(
    settings: Settings,
    settingsOf: (name: ServiceName) => Settings,
    folder: string,
    ports: ReadonlyMap<ServiceName, number>,
  ) {
    this.#settings = settings;
    this.#settingsOf = settingsOf;
    this.folder = folder;
    this.#ports = ports;
  }

  /**
   * @param settings of all services, beside where they listen and keep their data
   * @param settingsOf those of one service, such as its database
   */
  static async prepare(
    settings: Settings = {},
    settingsOf: (name: ServiceName) => Settings = () => ({}),
  ): Promise<Cafe> {
    const ports = await freePorts(ALL.length);
    return new Cafe(
      settings,
      settingsOf,
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
      ...(name && { PORT: String(this.#ports.get(name)), ...this.#settingsOf(name) }),
    };
  }

  pid(name: ServiceName): number {
    return this.#processes.get(name)!.pid;
  }

  output(name: ServiceName): string {
    return this.#processes.get(name)?.output ?? '';
  }

  /** Starts services and waits until they are ready. */
  async start(...names: ServiceName[]): Promise<void> {
    for (const name of names) this.#processes.set(name, new ServiceProcess(name, this.environment(name)));
    await Promise.all(names.map((name) => this.#processes.get(name)!.ready()));
  }

  /** Stops services as an operator does, or in the way of that signal; tells their exit codes. */
  async stop(
    names: readonly ServiceName[] = ALL,
    signal: NodeJS.Signals = 'SIGTERM',
  ): Promise<(number | null)[]> {
    return Promise.all(
      names.map(async (name) => {
        const one = this.#processes.get(name);
        this.#processes.delete(name);
        return one ? one.stop(signal) : null;
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(ALL, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
