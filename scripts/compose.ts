import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');
const HEALTHY_WITHIN_MS = 120_000;

/** Servers of `compose.yaml`, by whichever Compose is installed. */
export class Compose {
  readonly #command: readonly string[];
  readonly #project: string;

  private constructor(command: readonly string[], project: string) {
    this.#command = command;
    this.#project = project;
  }

  /** Why there is none is the text that is returned instead. */
  static find(project: string): Compose | string {
    if (!runs('docker', 'version', '--format', '{{.Server.Version}}'))
      return 'Docker is needed and does not answer: install it and start it (docker version says more)';
    // the plug-in of today, or the program of old
    for (const command of [['docker', 'compose'], ['docker-compose']])
      if (runs(...command, 'version')) return new Compose(command, project);
    return 'Docker Compose is needed and was not found: install it (docker compose version says more)';
  }

  /** Starts servers and waits until they are healthy; tells whether they are. */
  async up(services: readonly string[], signal: AbortSignal): Promise<boolean> {
    if (this.#run('inherit', 'up', '-d', ...services) !== 0) return false;
    for (const deadline = Date.now() + HEALTHY_WITHIN_MS; Date.now() < deadline; await sleep(250)) {
      if (signal.aborted) return false;
      if (services.every((service) => this.#isHealthy(service))) return true;
    }
    return false;
  }

  /** Stops the servers. Their data stays. */
  stop(services: readonly string[]): void {
    this.#run('inherit', 'stop', ...services);
  }

  #isHealthy(service: string): boolean {
    const id = execFileSync(this.#command[0]!, this.#args('ps', '-q', service), {
      encoding: 'utf8',
      cwd: root,
    });
    const health = ['inspect', '--format', '{{.State.Health.Status}}', id.trim()];
    return spawnSync('docker', health, { encoding: 'utf8' }).stdout.trim() === 'healthy';
  }

  #run(stdio: 'inherit', ...args: readonly string[]): number | null {
    return spawnSync(this.#command[0]!, this.#args(...args), { stdio, cwd: root }).status;
  }

  #args(...args: readonly string[]): string[] {
    return [...this.#command.slice(1), '-p', this.#project, '-f', resolve(root, 'compose.yaml'), ...args];
  }
}

function runs(...[command, ...args]: readonly string[]): boolean {
  return spawnSync(command!, args, { stdio: 'ignore' }).status === 0;
}
