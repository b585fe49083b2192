import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { ServerContainer } from '../../packages/framework/test/containers/containers.ts';
import { startKafka } from '../../packages/framework/test/containers/kafka.ts';
import { mariadbUrl, startMariadb } from '../../packages/framework/test/containers/mariadb.ts';
import { postgresUrl, startPostgres } from '../../packages/framework/test/containers/postgres.ts';

export type ServerName = 'kafka' | 'postgres' | 'mariadb';

const START: Readonly<Record<ServerName, () => Promise<ServerContainer>>> = {
  // members of groups may say that they count as dead after less than the usual 6 s
  kafka: () => startKafka({ KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000' }),
  postgres: () => startPostgres(['postgres', '-c', 'max_connections=300']),
  mariadb: () => startMariadb(),
};

/** Kafka, PostgreSQL and MariaDB in containers: one of each at the most. */
export class Servers implements AsyncDisposable {
  readonly #containers: ReadonlyMap<ServerName, ServerContainer>;

  private constructor(containers: ReadonlyMap<ServerName, ServerContainer>) {
    this.#containers = containers;
  }

  /** Starts them, all at once. When one does not start, none is left. */
  static async start(...names: ServerName[]): Promise<Servers> {
    const started = await Promise.allSettled(names.map((name) => START[name]()));
    const servers = new Servers(
      new Map(
        started.flatMap((one, index) => (one.status === 'fulfilled' ? [[names[index]!, one.value]] : [])),
      ),
    );
    const failed = started.find((one) => one.status === 'rejected');
    if (!failed) return servers;
    await servers[Symbol.asyncDispose]();
    throw failed.reason;
  }

  container(name: ServerName): ServerContainer {
    const container = this.#containers.get(name);
    if (!container) throw new Error(`${name} was not started`);
    return container;
  }

  /** Where clients find Kafka. */
  get broker(): string {
    return `localhost:${this.container('kafka').port}`;
  }

  /** Makes an empty database; tells its URL. */
  async makeDatabase(engine: 'postgres' | 'mariadb', name: string): Promise<string> {
    const { port } = this.container(engine);
    if (engine === 'postgres') {
      const client = new Client({ connectionString: postgresUrl(port) });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE "${name}"`);
      } finally {
        await client.end();
      }
      return postgresUrl(port, name);
    }
    const connection = await createConnection({ uri: mariadbUrl(port) });
    try {
      await connection.query(`CREATE DATABASE \`${name}\``);
    } finally {
      await connection.end();
    }
    return mariadbUrl(port, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#containers.values()].map((container) => container[Symbol.asyncDispose]()));
  }
}
