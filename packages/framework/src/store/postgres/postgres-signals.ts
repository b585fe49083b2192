import { backoffMs } from '../../kernel/backoff.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { CommitSignals, Statement } from '../sql/sql-driver.js';
import type { PostgresConnection } from './postgres-connection.js';

const LISTEN = plain('LISTEN skanu_outbox');
const NOTIFY = plain('NOTIFY skanu_outbox');
/** A NOTIFY takes a lock on the whole server: one for many commits. */
const AT_MOST_EVERY_MS = 5;
const RECONNECT = { baseMs: 100, capMs: 5_000 };

export interface PostgresSignalsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly connect: () => Promise<PostgresConnection>;
}

/**
 * NOTIFY and LISTEN on a connection of its own, which is made when it is needed for the first time and made again whenever it breaks. What is
 * told while it is broken is told when it is back.
 */
export class PostgresSignals implements CommitSignals {
  readonly #listeners = new Set<() => void>();
  readonly #ended = new AbortController();
  #running: Promise<void> | undefined;
  #connection: PostgresConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastSent = 0;

  constructor(private readonly options: PostgresSignalsOptions) {}

  notify(): void {
    if (this.#timer || this.#ended.signal.aborted) return;
    this.#running ??= this.#run();
    const wait = this.#lastSent + AT_MOST_EVERY_MS - this.options.clock.now();
    this.#timer = setTimeout(() => this.#send(), Math.max(0, wait));
  }

  listen(listener: () => void): () => void {
    // a function of our own, so that a listener that is given twice is one that is called twice
    const own = () => listener();
    this.#listeners.add(own);
    this.#running ??= this.#run();
    return () => this.#listeners.delete(own);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#ended.abort();
    await this.#connection?.end();
    await this.#running;
  }

  #send(): void {
    // without a connection it stays due: the next one begins with it
    if (!this.#connection) return;
    this.#timer = undefined;
    this.#lastSent = this.options.clock.now();
    void this.#connection.send([NOTIFY]);
  }

  async #run(): Promise<void> {
    const { connect, clock, random, logger } = this.options;
    const { signal } = this.#ended;
    for (let failures = 0; !signal.aborted;) {
      try {
        const connection = await connect();
        failures = 0;
        await this.#use(connection);
      } catch (error) {
        failures += 1;
        logger.debug({ err: error }, 'no notifications from the database, trying again');
      }
      await clock.sleep(backoffMs(RECONNECT, Math.max(failures, 1), random), signal).catch(() => {});
    }
  }

  /** Until it breaks. */
  async #use(connection: PostgresConnection): Promise<void> {
    try {
      connection.onNotification(() => this.#tell());
      const [listening] = await connection.send([LISTEN]);
      if ('error' in listening!) throw listening.error;
      if (this.#ended.signal.aborted) return;
      this.#connection = connection;
      // what was told before nobody heard
      this.#tell();
      if (this.#timer) this.#send();
      await connection.broken;
    } finally {
      this.#connection = undefined;
      await connection.end();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) queueMicrotask(listener);
  }
}

function plain(sql: string): Statement {
  return { sql, parameters: [] };
}
