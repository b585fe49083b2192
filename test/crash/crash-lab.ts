import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../cafe/free-ports.ts';
import { HostProcess } from './host-process.ts';
import type { Death } from './protocol.ts';

export interface HostOptions {
  readonly death?: Death;
  readonly waits?: boolean;
  /** Another process of the same services: on ports of its own. */
  readonly another?: boolean;
}

/** A folder of data, ports, and all processes that use them; nothing is left of it at the end. */
export class CrashLab implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'skanu-crash-'));
  /** While this file is there, the ledger can book everything. */
  readonly mended = join(this.folder, 'mended');
  readonly #hosts: HostProcess[] = [];

  private constructor(private readonly ports: ReadonlyMap<string, number>) {}

  /** @param services those that will run here */
  static async open(...services: string[]): Promise<CrashLab> {
    const ports = await freePorts(services.length);
    return new CrashLab(new Map(services.map((name, index) => [name, ports[index]!])));
  }

  url(service: string): string {
    return `http://localhost:${this.ports.get(service)}`;
  }

  /** The path of a service's database, or of the log of events. */
  file(name: string): string {
    return join(this.folder, `${name}.db`);
  }

  /** Begins a process with these services. */
  spawn(services: readonly string[], { another, ...plan }: HostOptions = {}): HostProcess {
    const settings = (name: string) => ({
      DATA_DIR: this.folder,
      PORT: another ? '0' : String(this.ports.get(name)),
      ...(this.ports.has('payment') && { PAYMENT_URL: this.url('payment') }),
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
    rmSync(this.folder, { recursive: true, force: true });
  }
}
