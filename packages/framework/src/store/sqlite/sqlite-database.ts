import { StoreFailedError, StoreUnavailableError } from '../../kernel/errors/store-errors.js';
import { SqliteFile, type SqliteFileOptions, type WriteOptions } from '../../sqlite/sqlite-file.js';
import type { StatementCache } from '../../sqlite/statement-cache.js';
import { storeError } from './sqlite-errors.js';

/** The file of a store from `open` to `close`: before and after that nothing runs, and nothing but errors of the store gets out. */
export class SqliteDatabase {
  #file: SqliteFile | undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly options: SqliteFileOptions) {}

  /** For messages. */
  get name(): string {
    return this.options.path;
  }

  /** Opens the file and runs `prepare` in its first write. When that rejects nothing is held, and it may be called again. */
  async open(prepare: (sql: StatementCache) => void): Promise<void> {
    if (this.#closing) throw this.#unavailable('It was closed: make a new one.');
    if (this.#file) throw this.#unavailable('Open a store only once.');
    try {
      this.#file = new SqliteFile(this.options);
      await this.write('migrating its own tables', prepare);
    } catch (thrown) {
      const file = this.#file;
      this.#file = undefined;
      await file?.close();
      const error = this.#error(thrown, 'opening');
      throw error instanceof StoreFailedError && !file ? this.#unavailable(undefined, thrown) : error;
    }
  }

  /** Runs `work` in the next write transaction; what it throws rolls back its own statements only. */
  async write<T>(doing: string, work: (sql: StatementCache) => T, options?: WriteOptions): Promise<T> {
    const file = this.#opened();
    try {
      return await file.write(work, options);
    } catch (thrown) {
      throw this.#error(thrown, doing);
    }
  }

  /** Runs `work` on the last commit. */
  // async, so that whatever is wrong rejects and does not throw
  async read<T>(doing: string, work: (sql: StatementCache) => T): Promise<T> {
    const file = this.#opened();
    try {
      return file.read(work);
    } catch (thrown) {
      throw this.#error(thrown, doing);
    }
  }

  /** Resolves when all that can be read now is durable. */
  async sync(): Promise<void> {
    const file = this.#opened();
    try {
      await file.sync();
    } catch (thrown) {
      throw this.#error(thrown, 'waiting for the disk');
    }
  }

  /** See `SqliteFile.onChanged`. */
  onChanged(listener: () => void): () => void {
    return this.#opened().onChanged(listener);
  }

  close(): Promise<void> {
    return (this.#closing ??= Promise.resolve(this.#file?.close()));
  }

  #opened(): SqliteFile {
    if (this.#closing) throw this.#unavailable('It was closed: make a new one.');
    if (!this.#file) throw this.#unavailable('Call open() and wait for it first.');
    return this.#file;
  }

  #unavailable(help?: string, cause?: unknown): StoreUnavailableError {
    return new StoreUnavailableError(
      this.name,
      cause,
      help ?? 'Check that the path can be reached and written.',
    );
  }

  #error(thrown: unknown, doing: string): Error {
    return storeError(thrown, { store: this.name, doing, busyLimitMs: this.options.busyLimitMs });
  }
}
