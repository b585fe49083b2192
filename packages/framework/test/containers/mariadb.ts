import { Wait } from 'testcontainers';
import { IMAGES, type ServerContainer, startServer } from './containers.ts';

export const MARIADB_PASSWORD = 'a secret: /@?';

/** MariaDB; `root` may make databases. */
export function startMariadb(command: readonly string[] = []): Promise<ServerContainer> {
  return startServer(() => ({
    image: IMAGES.mariadb,
    port: 3306,
    environment: { MARIADB_ROOT_PASSWORD: MARIADB_PASSWORD, MARIADB_DATABASE: 'skanu' },
    // the temporary server of the set-up listens on port 0
    ready: Wait.forLogMessage(/port: 3306/),
    ...(command.length > 0 && { command }),
  }));
}

export function mariadbUrl(port: number, database = 'skanu'): string {
  return `mariadb://root:${encodeURIComponent(MARIADB_PASSWORD)}@localhost:${port}/${database}`;
}
