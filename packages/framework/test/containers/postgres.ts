import { Wait } from 'testcontainers';
import { IMAGES, type ServerContainer, startServer } from './containers.ts';

export const POSTGRES_USER = 'skanu';
export const POSTGRES_PASSWORD = 'a secret: /@?';

/** PostgreSQL; its superuser may make databases. */
export function startPostgres(command: readonly string[] = []): Promise<ServerContainer> {
  return startServer(() => ({
    image: IMAGES.postgres,
    port: 5432,
    environment: { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB: 'skanu' },
    // the official image starts it once for its set-up and once for good
    ready: Wait.forLogMessage(/database system is ready to accept connections/, 2),
    ...(command.length > 0 && { command }),
  }));
}

export function postgresUrl(port: number, database = 'skanu'): string {
  return `postgres://${POSTGRES_USER}:${encodeURIComponent(POSTGRES_PASSWORD)}@localhost:${port}/${database}`;
}
