import { connect as connectSocket, isIP, type Socket } from 'node:net';
import mysql, { type Connection, createConnection, type ResultSetHeader, type SslOptions } from 'mysql2';
import type { Clock } from '../../kernel/clock.js';
import { StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import type { TlsOptions } from '../../kernel/tls-options.js';
import type { PooledConnection } from '../sql/connection-pool.js';
import type { Statement, StatementResult } from '../sql/sql-driver.js';
import type { ConnectionTarget } from './connection-target.js';
import { connectError } from './mariadb-errors.js';
import { differencesOf, flavorOf } from './mariadb-flavor.js';
import { sessionStatements } from './mariadb-session.js';
import { assertFits } from './packet-limit.js';
import { within } from './within.js';

/** How a connection is made, and its limits. */
export interface MariadbConnectionOptions {
  readonly target: ConnectionTarget;
  readonly tls?: TlsOptions | undefined;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly clock: Clock;
}

/** How much longer than the server the client waits: the server's own answer says more. */
const GRACE_MS = 1_000;
/** How long a server may take to say goodbye. */
const GOODBYE_MS = 1_000;
/** Statements that stay prepared on each connection; the server has room for 16,382 of all its clients. */
const PREPARED_STATEMENTS = 256;
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * One session of a server. Statements are carried out in the order of the calls, one at a time. Nothing waits for ever: where the server is silent for longer
 * than the limit, the socket is destroyed, and with it all that waits.
 */
export class MariadbConnection implements PooledConnection {
  readonly #core: Connection;
  readonly #socket: Socket;
  #limitMs: number;
  #maxPacketBytes = Number.POSITIVE_INFINITY;
  #isUsedUp = false;

  /** Connects and prepares the session. @throws StoreUnavailableError */
  static async open(options: MariadbConnectionOptions): Promise<MariadbConnection> {
    const { target, tls, clock, connectTimeoutMs } = options;
    if (tls?.verify && isIP(target.host) !== 0) {
      // the driver would compare the certificate with the name localhost
      const help = 'Give the name of its host and not the address: a certificate is checked against a name.';
      throw new StoreUnavailableError(target.name, undefined, help);
    }
    const connection = new MariadbConnection(options);
    try {
      await within(clock, connectTimeoutMs, connection.#begin(), () => silence(connectTimeoutMs));
      return connection;
    } catch (thrown) {
      connection.destroy();
      throw connectError(thrown, target.name);
    }
  }

  private constructor(private readonly options: MariadbConnectionOptions) {
    const { target, tls } = options;
    this.#limitMs = options.statementTimeoutMs;
    // a socket of our own, because the driver's way to destroy one waits for the other side
    this.#socket = connectSocket({ host: target.host, port: target.port, noDelay: true });
    this.#socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
    this.#core = createConnection({
      stream: () => this.#socket,
      host: target.host,
      database: target.database,
      ...(target.user !== undefined && { user: target.user }),
      ...(target.password !== undefined && { password: target.password }),
      ...(tls && { ssl: sslOptions(tls) }),
      // the limit for all of connecting is ours
      connectTimeout: 0,
      charset: 'utf8mb4_bin',
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      timezone: 'Z',
      multipleStatements: false,
      // names of functions are names of columns too (position)
      flags: ['-LOCAL_FILES', '-IGNORE_SPACE'],
      maxPreparedStatements: PREPARED_STATEMENTS,
      trace: false,
    });
    // who waits for a statement is told by its callback; an idle connection that breaks is found out when it is needed
    this.#core.on('error', () => {});
  }

  get isBroken(): boolean {
    return this.#isUsedUp || !this.#socket.writable || this.#socket.readableEnded;
  }

  /** Carries a statement out. Rejects with what the driver throws. */
  run(statement: Statement): Promise<StatementResult> {
    const limitMs = this.#limitMs + GRACE_MS;
    return within(this.options.clock, limitMs, this.#send(statement), () => {
      this.destroy();
      return silence(limitMs);
    });
  }

  /** Lets statements take longer from now on. Nobody else uses this connection after who has asked for that. */
  async limitStatements(limitMs: number): Promise<void> {
    this.#isUsedUp = true;
    this.#limitMs = limitMs;
    await this.run(
      plain(`SET SESSION ${differencesOf[this.options.target.flavor].limitStatements(limitMs)}`),
    );
  }

  async end(): Promise<void> {
    if (!this.#socket.destroyed) {
      const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
      this.#core.end();
      await within(this.options.clock, GOODBYE_MS, closed, () => silence(GOODBYE_MS)).catch(() => {});
    }
    this.destroy();
  }

  /** Breaks it off: the server rolls back what was under way. What waits for an answer is rejected. */
  destroy(): void {
    this.#socket.destroy();
  }

  async #begin(): Promise<void> {
    const { target } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#core.once('connect', () => resolve());
      this.#core.once('error', reject);
    });
    const { rows } = await this.#send(
      plain('SELECT version() AS version, @@max_allowed_packet AS max_packet'),
    );
    this.#maxPacketBytes = Number(rows[0]!['max_packet']);
    const flavor = flavorOf(String(rows[0]!['version']));
    if (flavor !== target.flavor) {
      const help = `It is ${differencesOf[flavor].product}: let its URL begin with ${flavor}://.`;
      throw new StoreUnavailableError(target.name, undefined, help);
    }
    await Promise.all(sessionStatements(flavor, this.options).map((sql) => this.#send(plain(sql))));
  }

  #send(statement: Statement): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      assertFits(statement, this.#maxPacketBytes);
      const { sql, parameters, name } = statement;
      const done = (error: Error | null, result: unknown): void => {
        if (error) reject(error);
        else resolve(resultOf(result));
      };
      // what has neither is said once, or can't be prepared (SET, START TRANSACTION)
      if (name === undefined && parameters.length === 0) this.#core.query(sql, done);
      else this.#core.execute(sql, parameters.map(bound), done);
    });
  }
}

export function plain(sql: string): Statement {
  return { sql, parameters: [] };
}

function resultOf(result: unknown): StatementResult {
  if (Array.isArray(result)) return { rows: result as StatementResult['rows'], affected: result.length };
  return { rows: [], affected: (result as ResultSetHeader).affectedRows };
}

/** The driver binds every number as a double, which is not what a LIMIT or an index over integers wants. */
function bound(value: unknown): never {
  const parameter = Number.isSafeInteger(value)
    ? mysql.TypedParameter.LONGLONG(value as number)
    : asBuffer(value);
  // the driver's own type for parameters leaves out its typed ones
  return parameter as never;
}

function asBuffer(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function sslOptions({ ca, verify }: TlsOptions): SslOptions {
  return { ...(ca !== undefined && { ca }), rejectUnauthorized: verify, verifyIdentity: verify };
}

function silence(limitMs: number): Error {
  return new Error(`the server was silent for ${limitMs} ms`);
}
