import { StoreFailedError, StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import type {
  CommitSignals,
  SqlDriver,
  SqlTransaction,
  Statement,
  StatementResult,
  TransactionOptions,
} from './sql-driver.js';
import { StatementFailure } from './statement-failure.js';

/** A database from `open` to `close`: before and after that nothing runs, and the end waits for what was begun. */
export class SqlDatabase {
  #driver: SqlDriver;
  #state: 'new' | 'opening' | 'open' = 'new';
  #closing: Promise<void> | undefined;
  readonly #underWay = new Set<Promise<unknown>>();

  /** @param connect makes a driver that is not opened yet */
  constructor(private readonly connect: () => SqlDriver) {
    this.#driver = connect();
  }

  /** For messages. */
  get name(): string {
    return this.#driver.name;
  }

  /** Connects and runs `prepare`; lets go of everything when one of them rejects, and may then be called again. */
  async open(prepare: (driver: SqlDriver) => Promise<void>): Promise<void> {
    if (this.#closing) throw this.#unavailable('It was closed: make a new one.');
    if (this.#state !== 'new') throw this.#unavailable('Open a store only once.');
    this.#state = 'opening';
    try {
      await this.#tracked(this.#prepared(prepare));
    } catch (error) {
      this.#state = 'new';
      throw error;
    }
  }

  async query(doing: string, statement: Statement): Promise<StatementResult> {
    return this.#tracked(this.#opened().query(doing, statement));
  }

  async transaction<T>(
    doing: string,
    work: (transaction: SqlTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    try {
      return await this.#tracked(this.#opened().transaction(doing, work, options));
    } catch (error) {
      throw this.#errorOf(error, doing);
    }
  }

  get signals(): CommitSignals | undefined {
    return this.#opened().signals;
  }

  /** See {@link CommitSignals}; never throws. */
  notify(): void {
    this.#driver.signals?.notify();
  }

  /** Rejects unless it is open. */
  async assertOpen(): Promise<void> {
    this.#opened();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  async #prepared(prepare: (driver: SqlDriver) => Promise<void>): Promise<void> {
    const driver = this.#driver;
    await driver.open();
    try {
      await prepare(driver);
      // within what a close waits for: it must see that there is something to end
      this.#state = 'open';
    } catch (error) {
      this.#driver = this.connect();
      await driver.close();
      throw this.#errorOf(error, 'opening');
    }
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    if (this.#state === 'open') await this.#driver.close();
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  /** A failure that its writer did not expect, and so did not name, must not get out either. */
  #errorOf(thrown: unknown, doing: string): unknown {
    return thrown instanceof StatementFailure ? new StoreFailedError(this.name, doing, thrown) : thrown;
  }

  #opened(): SqlDriver {
    if (this.#closing) throw this.#unavailable('It was closed: make a new one.');
    if (this.#state !== 'open') throw this.#unavailable('Call open() and wait for it first.');
    return this.#driver;
  }

  #unavailable(help: string): StoreUnavailableError {
    return new StoreUnavailableError(this.name, undefined, help);
  }
}
