import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerName, Servers } from './servers.ts';
import type { Balancer } from './balancer.ts';

/** Something that happens to a server: resolves when it is over, and the server runs again (which is not to say that it answers). */
export interface ServerFault {
  readonly what: string;
  happen(): Promise<void>;
}

export interface ServerFaultOptions {
  readonly servers: Servers;
  /** What stands before the database servers. */
  readonly before: { readonly postgres: Balancer; readonly mariadb: Balancer };
  readonly pauseMs: number;
}

/** What happens to servers: they are killed, they fall silent, connections to them break. */
export function serverFaults({ servers, before, pauseMs }: ServerFaultOptions): ServerFault[] {
  const killed = (name: ServerName): ServerFault => ({
    what: `${name} is killed and started again`,
    happen: async () => {
      await servers.container(name).kill();
      await servers.container(name).start();
    },
  });
  const paused = (name: ServerName): ServerFault => ({
    what: `${name} is silent for ${pauseMs / 1000} s`,
    happen: async () => {
      await servers.container(name).pause();
      try {
        await sleep(pauseMs);
      } finally {
        await servers.container(name).unpause();
      }
    },
  });
  const cut = (name: 'postgres' | 'mariadb'): ServerFault => ({
    what: `all connections to ${name} break`,
    happen: async () => before[name].cut(),
  });
  return [
    killed('kafka'),
    paused('kafka'),
    killed('postgres'),
    paused('postgres'),
    cut('postgres'),
    killed('mariadb'),
    paused('mariadb'),
    cut('mariadb'),
  ];
}
