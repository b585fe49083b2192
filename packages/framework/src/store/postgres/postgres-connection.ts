import { Socket } from 'node:net';
import { Client, type ClientConfig, type QueryResult } from 'pg';
import { Latch } from '../../kernel/latch.js';
import type { TlsOptions } from '../../kernel/tls-options.js';
import type { PooledConnection } from '../sql/connection-pool.js';
import type { Statement, StatementResult } from '../sql/sql-driver.js';
import { connectError, isStale } from './postgres-errors.js';
import type { PostgresTarget } from './postgres-target.js';
import { typeParsers } from './postgres-types.js';

/** How a connection is made, and its limits. */
export interface PostgresConnectionOptions {
  readonly target: PostgresTarget;
  readonly tls?: TlsOptions | undefined;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** What came of a statement: one of the two. */
export type Answer = { readonly result: StatementResult } | { readonly error: unknown };

/** How much longer than the server the client waits: the server's own answer says more. */
const GRACE_MS = 1_000;
/** How long a server may take to say goodbye. */
const GOODBYE_MS = 1_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

/** What a session must be like, whatever the server's own settings are. */
const SESSION = {
  timezone: 'UTC',
  datestyle: 'ISO',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read\\ committed',
};

/**
 * One session of a server. Statements are sent without waiting for the answers to those before them. Nothing waits for ever: where the server is
 * silent for longer than the limit, the connection is broken off, and with it all that waits.
 */
export class PostgresConnection implements PooledConnection {
  readonly #socket = new Socket();
  readonly #client: Client;
  readonly #broken = new Latch();
  #isUsedUp = false;

  /** Connects. @throws StoreUnavailableError */
  static async open(options: PostgresConnectionOptions): Promise<PostgresConnection> {
    const connection = new PostgresConnection(options);
    try {
      await connection.#client.connect();
      return connection;
    } catch (thrown) {
      connection.destroy();
      throw connectError(thrown, options.target.name);
    }
  }

  private constructor(private readonly options: PostgresConnectionOptions) {
    const { target, tls, connectTimeoutMs, statementTimeoutMs } = options;
    // the types of the driver do not know its pipeline mode yet
    const config: ClientConfig & { readonly pipeline: true } = {
      host: target.host,
      port: target.port,
      database: target.database,
      ...(target.user !== undefined && { user: target.user }),
      // a function: else the driver would look for a password in the environment and in files
      password: () => target.password ?? '',
      // likewise
      ssl: tls ? { ...(tls.ca !== undefined && { ca: tls.ca }), rejectUnauthorized: tls.verify } : false,
      stream: () => this.#socket,
      application_name: 'skanu',
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      lock_timeout: lockWaitMs(options),
      // for a client that is frozen in the middle of a transaction: others wait for its locks
      idle_in_transaction_session_timeout: statementTimeoutMs + GRACE_MS,
      options: Object.entries(SESSION)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      types: typeParsers,
      pipeline: true,
    };
    this.#client = new Client(config);
    // who waits for a statement is told by its answer; an idle connection that breaks is dropped when it is needed
    this.#client.on('error', () => this.#broken.open());
    this.#client.on('end', () => this.#broken.open());
  }

  get isBroken(): boolean {
    return this.#broken.isOpen || this.#isUsedUp;
  }

  /** Resolves when the connection is gone. */
  get broken(): Promise<void> {
    return this.#broken.opened;
  }

  /** Calls `listener` for each notification of a channel that this session listens to. */
  onNotification(listener: () => void): void {
    this.#client.on('notification', listener);
  }

  /**
   * Sends statements all at once, and gives their answers in order when the last has come. Each is carried out by itself, unless one of them is
   * BEGIN. Never rejects.
   * @param silenceMs how long the server may be silent before the connection is broken off
   */
  send(
    statements: readonly Statement[],
    silenceMs = this.options.statementTimeoutMs + GRACE_MS,
  ): Promise<Answer[]> {
    if (statements.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      const answers: Answer[] = [];
      let missing = statements.length;
      const deadline = setTimeout(() => {
        const error = new Error(`the server was silent for ${silenceMs} ms`);
        for (const place of statements.keys()) answers[place] ??= { error };
        this.destroy();
        resolve(answers);
      }, silenceMs);
      const answered = (place: number, answer: Answer): void => {
        // what comes after the deadline was lost already
        if (answers[place]) return;
        answers[place] = answer;
        missing -= 1;
        if (missing > 0) {
          deadline.refresh();
          return;
        }
        clearTimeout(deadline);
        resolve(answers);
      };
      // one packet for all of them
      this.#socket.cork();
      for (const [place, { sql, parameters, name }] of statements.entries()) {
        const query = { text: sql, values: [...parameters], ...(name !== undefined && { name }) };
        // the driver declares an error and means none or one
        this.#client.query(query, (error: Error | null, result: QueryResult) => {
          if (error && isStale(error)) this.#isUsedUp = true;
          answered(place, error ? { error } : { result: resultOf(result) });
        });
      }
      this.#socket.uncork();
    });
  }

  async end(): Promise<void> {
    if (!this.#broken.isOpen) {
      const late = setTimeout(() => this.destroy(), GOODBYE_MS);
      void this.#client.end();
      await this.#broken.opened;
      clearTimeout(late);
    }
    this.destroy();
  }

  /** Breaks it off: the server rolls back what was under way. What waits for an answer gets an error. */
  destroy(): void {
    this.#broken.open();
    this.#socket.destroy();
  }
}

/** How long a statement waits for the locks of others, in milliseconds: most of the time that it has, so that it is known what the time went into. */
export function lockWaitMs({
  statementTimeoutMs,
}: Pick<PostgresConnectionOptions, 'statementTimeoutMs'>): number {
  return Math.ceil(0.8 * statementTimeoutMs);
}

function resultOf({ rows, rowCount }: QueryResult): StatementResult {
  return { rows: rows as StatementResult['rows'], affected: rowCount ?? 0 };
}
