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
  /** Stands before PostgreSQL. */
  readonly beforePostgres: Balancer;
  readonly pauseMs: number;
}

/** What happens to servers: they are killed, they fall silent, connections to them break. */
export function serverFaults({ servers, beforePostgres, pauseMs }: ServerFaultOptions): ServerFault[] {
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
  return [
    killed('kafka'),
    paused('kafka'),
    killed('postgres'),
    paused('postgres'),
    { what: 'all connections to postgres break', happen: async () => beforePostgres.cut() },
    killed('mariadb'),
  ];
}
