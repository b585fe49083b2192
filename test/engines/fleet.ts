import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '../../scripts/cafe-services.ts';
import { ALL } from '../cafe/cafe.ts';
import { freePorts } from '../../packages/framework/test/containers/free-ports.ts';
import { ServiceProcess } from '../cafe/service-process.ts';
import type { EngineChoice } from './engine-choice.ts';
import { Engines } from './engines.ts';
import { Balancer } from './balancer.ts';

export interface FleetOptions {
  readonly choice: EngineChoice;
  /** How many processes each service has. */
  readonly replicas: number;
  /** Which services. Default: all but the gateway. */
  readonly services?: readonly ServiceName[];
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the services find a database server that something stands before. */
  readonly ports?: { readonly postgres?: number; readonly mariadb?: number };
}

/** The name that a service has for itself, and its consumer group and database with it. */
export const ownNameOf = (name: ServiceName): string => (name === 'trace' ? 'ordertrace' : name);

/** The cafe in several processes of each service, each service behind one address, as on Kubernetes. */
export class Fleet implements AsyncDisposable {
  readonly engines: Engines;
  readonly services: readonly ServiceName[];
  readonly #options: FleetOptions;
  readonly #folder: string;
  readonly #ports: ReadonlyMap<ServiceName, readonly number[]>;
  readonly #addresses: ReadonlyMap<ServiceName, Balancer>;
  readonly #replicas = new Map<ServiceName, ServiceProcess[]>();

  private constructor(
    options: FleetOptions,
    folder: string,
    engines: Engines,
    ports: ReadonlyMap<ServiceName, readonly number[]>,
    addresses: ReadonlyMap<ServiceName, Balancer>,
  ) {
    this.#options = options;
    this.services = [...ports.keys()];
    this.engines = engines;
    this.#folder = folder;
    this.#ports = ports;
    this.#addresses = addresses;
  }

  /** Prepares everything, and starts nothing yet. */
  static async prepare(options: FleetOptions): Promise<Fleet> {
    const { choice, replicas, services = ALL.filter((name) => name !== 'gateway') } = options;
    const folder = mkdtempSync(join(tmpdir(), 'skanu-fleet-'));
    const engines = await Engines.prepare({
      ...choice,
      folder,
      services: services.map(ownNameOf),
      ...(options.ports && { ports: options.ports }),
    });
    const free = await freePorts(services.length * replicas);
    const ports = new Map(
      services.map((name, index) => [name, free.slice(index * replicas, (index + 1) * replicas)]),
    );
    const addresses = new Map<ServiceName, Balancer>();
    for (const [name, own] of ports) addresses.set(name, await Balancer.listen(() => own));
    return new Fleet(options, folder, engines, ports, addresses);
  }

  /** Prepares and starts all of it. */
  static async open(options: FleetOptions): Promise<Fleet> {
    const fleet = await Fleet.prepare(options);
    try {
      await Promise.all(fleet.services.map((name) => fleet.start(name)));
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where a service is found, whichever of its processes answers. */
  url(name: ServiceName): string {
    return `http://localhost:${this.#addresses.get(name)!.port}`;
  }

  /** The processes of a service. */
  replicas(name: ServiceName): readonly ServiceProcess[] {
    return this.#replicas.get(name) ?? [];
  }

  /** Starts all processes of a service and waits until they are ready. */
  async start(name: ServiceName): Promise<void> {
    const all = this.#ports.get(name)!.map((_, index) => this.#spawn(name, index));
    await Promise.all(all.map((one) => one.ready()));
  }

  /** Starts one that has ended, in its place; does not wait. */
  restart(name: ServiceName, index: number): ServiceProcess {
    return this.#spawn(name, index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#replicas.values()].flat();
    await Promise.all(all.map((one) => one.stop('SIGKILL')));
    await Promise.all([...this.#addresses.values()].map((address) => address[Symbol.asyncDispose]()));
    await this.engines[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(name: ServiceName, index: number): ServiceProcess {
    const replicas = this.#replicas.get(name) ?? [];
    this.#replicas.set(name, replicas);
    const urls = this.services.map((one) => [SERVICES[one].urlSetting, this.url(one)]);
    return (replicas[index] = new ServiceProcess(name, {
      ...Object.fromEntries(urls),
      LOG_LEVEL: 'warn',
      SHUTDOWN_LINGER_MS: '0',
      ...this.engines.settings(ownNameOf(name)),
      ...this.#options.settings,
      PORT: String(this.#ports.get(name)![index]),
    }));
  }
}
