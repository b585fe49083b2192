import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../packages/framework/test/containers/free-ports.ts';
import { EMBEDDED, type EngineChoice } from '../engines/engine-choice.ts';
import { Engines } from '../engines/engines.ts';
import { HostProcess } from './host-process.ts';
import type { Death } from './protocol.ts';

export interface HostOptions {
  readonly death?: Death;
  readonly waits?: boolean;
  /** Another process of the same services: on ports of its own. */
  readonly another?: boolean;
  /** Beside those that the lab gives. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A folder, engines, ports, and all processes that use them; nothing is left of it at the end. */
export class CrashLab implements AsyncDisposable {
  readonly folder: string;
  readonly engines: Engines;
  /** While this file is there, the ledger can book everything. */
  readonly mended: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #hosts: HostProcess[] = [];

  private constructor(folder: string, engines: Engines, ports: ReadonlyMap<string, number>) {
    this.folder = folder;
    this.engines = engines;
    this.#ports = ports;
    this.mended = join(folder, 'mended');
  }

  /** On embedded engines. @param services those that will run here */
  static open(...services: string[]): Promise<CrashLab> {
    return CrashLab.on(EMBEDDED, ...services);
  }

  static async on(choice: EngineChoice, ...services: string[]): Promise<CrashLab> {
    const folder = mkdtempSync(join(tmpdir(), 'skanu-crash-'));
    try {
      const engines = await Engines.prepare({ ...choice, folder, services });
      const ports = await freePorts(services.length);
      return new CrashLab(folder, engines, new Map(services.map((name, index) => [name, ports[index]!])));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  url(service: string): string {
    return `http://localhost:${this.#ports.get(service)}`;
  }

  /** Begins a process with these services. */
  spawn(services: readonly string[], { another, settings: own, ...plan }: HostOptions = {}): HostProcess {
    const settings = (name: string) => ({
      ...this.engines.settings(name),
      PORT: another ? '0' : String(this.#ports.get(name)),
      ...(this.#ports.has('payment') && { PAYMENT_URL: this.url('payment') }),
      ...own,
    });
    const host = new HostProcess(
      { services: Object.fromEntries(services.map((name) => [name, settings(name)])), ...plan },
      { MENDED: this.mended },
    );
    this.#hosts.push(host);
    return host;
  }

  /** Starts a process with these services, and waits until they are ready. */
  async start(services: readonly string[], options?: HostOptions): Promise<HostProcess> {
    const host = this.spawn(services, options);
    await host.told('ready');
    return host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.kill()));
    await this.engines[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
