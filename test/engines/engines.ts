import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type DatabaseReader, type Row, readerOf } from './database-reader.ts';
import { EmbeddedLogReader } from './embedded-log-reader.ts';
import type { EngineChoice } from './engine-choice.ts';
import { KafkaLogReader } from './kafka-log-reader.ts';
import type { LogReader } from './log-reader.ts';
import type { Servers } from './servers.ts';

/** Those that publish and handle nothing; all others are groups of the log. */
const DEAF = new Set(['till', 'gateway']);

/** Short: what a killed member held is free again soon. No shorter: on a busy machine live members would be taken for dead. */
const SESSION_MS = '4000';
/** Short: what a killed process has called is undone soon after. */
const REQUEST_MS = '5000';

export interface EnginesOptions extends EngineChoice {
  /** Where embedded engines have their files. */
  readonly folder: string;
  /** The services that will run, by the names that they have themselves. */
  readonly services: readonly string[];
  /** Where clients find a server that something stands before. */
  readonly ports?: { readonly postgres?: number; readonly mariadb?: number };
}

/** The databases and the log of some services: what the services are told of them, and what a test sees in them. */
export class Engines implements AsyncDisposable {
  readonly log: LogReader;
  readonly #settings: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly #readers: ReadonlyMap<string, DatabaseReader>;

  private constructor(
    log: LogReader,
    settings: ReadonlyMap<string, Readonly<Record<string, string>>>,
    readers: ReadonlyMap<string, DatabaseReader>,
  ) {
    this.log = log;
    this.#settings = settings;
    this.#readers = readers;
  }

  static async prepare(options: EnginesOptions): Promise<Engines> {
    const { folder, services, broker } = options;
    // a run of its own on servers that others use too
    const run = randomUUID().slice(0, 8);
    const topic = `cafe-${run}`;
    const settings = new Map<string, Record<string, string>>();
    const readers = new Map<string, DatabaseReader>();
    for (const service of services) {
      const { told, seen } = await databaseOf(service, options, run);
      readers.set(service, readerOf(seen));
      settings.set(service, {
        DATA_DIR: folder,
        DATABASE_URL: told,
        REQUEST_TIMEOUT_MS: REQUEST_MS,
        ...(broker === 'kafka' && {
          BROKER_URL: `kafka://${serversOf(options).broker}`,
          BROKER_SESSION_TIMEOUT_MS: SESSION_MS,
          TOPIC: topic,
        }),
      });
    }
    const log =
      broker === 'embedded'
        ? new EmbeddedLogReader(join(folder, 'events.db'))
        : new KafkaLogReader(
            serversOf(options).broker,
            topic,
            services.filter((service) => !DEAF.has(service)),
          );
    return new Engines(log, settings, readers);
  }

  /** What a service has to know of its engines. */
  settings(service: string): Readonly<Record<string, string>> {
    return this.#settings.get(service) ?? {};
  }

  /** Looks into the database of a service. */
  rows(service: string, sql: string): Promise<Row[]> {
    return this.#readers.get(service)!.rows(sql);
  }

  async count(service: string, table: string): Promise<number> {
    return (await this.rows(service, `SELECT count(*) AS n FROM ${table}`))[0]!['n'] as number;
  }

  /** How many records of a service wait behind one that takes its time, and will be worked off by themselves. */
  async aside(service: string): Promise<number> {
    // a key whose first record has a reason waits for a person
    const [key, reason] = this.settings(service)['DATABASE_URL']!.startsWith('sqlite:')
      ? ['"key"', 'reason_code']
      : ['key_id', 'reason'];
    return this.count(
      service,
      `skanu_parked p WHERE ${reason} IS NULL AND NOT EXISTS (SELECT 1 FROM skanu_parked q
         WHERE q.handler = p.handler AND q.${key} = p.${key} AND q.position < p.position AND q.${reason} IS NOT NULL)`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.log.close(), ...[...this.#readers.values()].map((reader) => reader.close())]);
  }
}

/** The URL that the service is told, and the one that leads to the database itself. */
async function databaseOf(
  service: string,
  options: EnginesOptions,
  run: string,
): Promise<{ told: string; seen: string }> {
  const { store, folder, ports } = options;
  const engine = typeof store === 'string' ? store : store(service);
  if (engine === 'sqlite') {
    const url = `sqlite:${join(folder, `${service}.db`)}`;
    return { told: url, seen: url };
  }
  const servers = serversOf(options);
  const seen = await servers.makeDatabase(engine, `${service}_${run}`);
  const told = new URL(seen);
  told.port = String(ports?.[engine] ?? told.port);
  return { told: told.href, seen };
}

function serversOf({ servers }: EngineChoice): Servers {
  if (!servers) throw new Error('these engines need servers');
  return servers;
}
