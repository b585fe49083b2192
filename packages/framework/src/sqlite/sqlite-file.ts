import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../kernel/clock.js';
import { ChangeBell } from './change-bell.js';
import { makeFolder } from './make-folder.js';
import { isBusy } from './sqlite-fault.js';
import { isSoundSqlite } from './sqlite-version.js';
import { StatementCache } from './statement-cache.js';
import { WalSync } from './wal-sync.js';

export interface SqliteFileOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long a write waits for other processes to let go of the file, in milliseconds. */
  readonly busyLimitMs: number;
}

/**
 * When a write resolves: `durable`, when it is on the disk and survives a power cut; `buffered`, when it is with the
 * operating system and survives `kill -9`. For what can be done again, the second saves a wait for the disk.
 */
export type Durability = 'durable' | 'buffered';

export interface WriteOptions {
  /** Default: `durable`. */
  readonly durability?: Durability;
  /** Wakes those who listen to changes, in all processes. For what somebody waits for. */
  readonly announce?: boolean;
}

interface Waiting extends Required<WriteOptions> {
  readonly work: (sql: StatementCache) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How many waiting units of work share one transaction at the most, so that none waits for an endless one. */
const GROUP_LIMIT = 256;

/**
 * One SQLite file in WAL mode, shared by the processes of one machine: a connection that writes and one that only
 * reads, so that reads never wait behind a transaction.
 *
 * Writes are **group commits**: all that wait at that moment go into one `BEGIN IMMEDIATE … COMMIT`, each in a savepoint
 * of its own, so that one that throws takes only itself back. Writes of one process run in the order of their calls. A
 * commit can be read by all as soon as it is made; the write resolves when it is as durable as was asked for. What is
 * durable later in the file is so earlier in it, whichever process wrote it.
 */
export class SqliteFile {
  readonly #writer: DatabaseSync;
  readonly #reader: DatabaseSync;
  readonly #writes: StatementCache;
  readonly #reads: StatementCache;
  readonly #disk: WalSync;
  readonly #bell: ChangeBell;
  #commits = 0;
  /** What is durable for certain. */
  #synced: { readonly commits: number; readonly version: unknown } = { commits: -1, version: undefined };
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #closed = false;

  /** Opens or makes the file, and its folder. Throws what SQLite or the file system says. */
  constructor(private readonly options: SqliteFileOptions) {
    const { sqlite = '' } = process.versions as { readonly sqlite?: string };
    if (!isSoundSqlite(sqlite))
      throw new Error(
        `SQLite ${sqlite} of Node ${process.version} can lose commits of several processes; use Node 26 or newer`,
      );
    makeFolder(dirname(options.path));
    // SQLite's own busy handler sleeps and so stops the whole process: 2 ms at the most, the rest is waited for in #begin
    this.#writer = new DatabaseSync(options.path, { timeout: 2 });
    this.#reader = this.#configured();
    this.#writes = new StatementCache(this.#writer);
    this.#reads = new StatementCache(this.#reader);
    this.#disk = this.#opened();
    this.#bell = new ChangeBell(`${options.path}-bell`);
  }

  get path(): string {
    return this.options.path;
  }

  /** Runs `work` in the next write transaction. What it throws rolls back its own statements only. */
  write<T>(work: (sql: StatementCache) => T, options: WriteOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new Error(`${this.path} is closed`));
      // after a failed sync no promise could be kept: nothing is written any more until the file is opened anew
      if (this.#disk.failure) return reject(this.#disk.failure);
      const { durability = 'durable', announce = false } = options;
      this.#waiting.push({
        work,
        durability,
        announce,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#flushing ??= this.#flush();
    });
  }

  /** Runs `work` on the reading connection: it sees the last commit of any process. */
  read<T>(work: (sql: StatementCache) => T): T {
    return work(this.#reads);
  }

  /** Resolves when all that can be read now is durable, whichever process wrote it. */
  async sync(): Promise<void> {
    if (this.#disk.failure) throw this.#disk.failure;
    const { commits, version } = this.#written();
    // nothing was written since: even a sync of nothing can cost a turn of the disk
    if (commits === this.#synced.commits && version === this.#synced.version) return;
    await this.#disk.sync();
    if (commits > this.#synced.commits || version !== this.#synced.version)
      this.#synced = { commits, version };
  }

  /** How much was committed: by this process, and (as a number that changes with each commit) by others. */
  #written(): { readonly commits: number; readonly version: unknown } {
    return { commits: this.#commits, version: this.#writes.get('PRAGMA data_version')!['data_version'] };
  }

  /**
   * Calls `listener` soon after an announced commit of this or any other process; several commits may make one call, and
   * a call may come for nothing. Where the file system does not tell, calls are missing: poll slowly beside it.
   */
  onChanged(listener: () => void): () => void {
    return this.#bell.onRing(listener);
  }

  /** Waits for the writes that were begun, then closes. A second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#flushing;
    await this.#disk.close();
    this.#bell.close();
    this.#reader.close();
    this.#writer.close();
  }

  #configured(): DatabaseSync {
    try {
      this.#setUp();
      return new DatabaseSync(this.options.path, { readOnly: true, timeout: 50 });
    } catch (error) {
      this.#writer.close();
      throw error;
    }
  }

  #opened(): WalSync {
    try {
      // the first read makes the WAL file
      this.#reads.get('SELECT 1 FROM sqlite_master');
      return new WalSync(`${this.path}-wal`);
    } catch (error) {
      this.#reader.close();
      this.#writer.close();
      throw error;
    }
  }

  #setUp(): void {
    // switching a new file to WAL needs it alone for a moment; several processes may start at once
    this.#writer.exec('PRAGMA busy_timeout = 5000');
    this.#writer.exec('PRAGMA journal_mode = WAL');
    // COMMIT does not wait for the disk: WalSync does, outside of the lock and of the event loop
    this.#writer.exec('PRAGMA synchronous = NORMAL');
    this.#writer.exec('PRAGMA foreign_keys = ON');
    this.#writer.exec('PRAGMA busy_timeout = 2');
  }

  async #flush(): Promise<void> {
    do {
      // one turn of the event loop lets the others of this moment join the group
      await new Promise((turn) => setImmediate(turn));
      const first = this.#waiting.length;
      try {
        await this.#begin();
      } catch (error) {
        for (const { reject } of this.#waiting.splice(0, first)) reject(error);
        continue;
      }
      this.#commit(this.#waiting.splice(0, GROUP_LIMIT));
    } while (this.#waiting.length > 0);
    // in the same turn as the last look at the queue: a write that comes now starts the next flush
    this.#flushing = undefined;
  }

  async #begin(): Promise<void> {
    const { clock, random, busyLimitMs } = this.options;
    const deadline = clock.now() + busyLimitMs;
    let keepAlive: NodeJS.Timeout | undefined;
    try {
      for (;;) {
        try {
          this.#writes.run('BEGIN IMMEDIATE');
          return;
        } catch (error) {
          if (!isBusy(error) || clock.now() >= deadline) throw error;
          // the clock's sleep does not keep the process alive, but work that was begun must
          keepAlive ??= setInterval(() => {}, 60_000);
          await clock.sleep(1 + random() * 8);
        }
      }
    } finally {
      clearInterval(keepAlive);
    }
  }

  #commit(group: readonly Waiting[]): void {
    const done: {
      readonly durability: Durability;
      readonly resolve: () => void;
      readonly reject: (error: unknown) => void;
    }[] = [];
    const refused: (() => void)[] = [];
    const alone = group.length === 1;
    try {
      for (const { work, durability, resolve, reject } of group) {
        if (!alone) this.#writes.run('SAVEPOINT unit');
        try {
          const value = work(this.#writes);
          if (!alone) this.#writes.run('RELEASE unit');
          done.push({ durability, resolve: () => resolve(value), reject });
        } catch (error) {
          // a full disk ends the whole transaction by itself, and with it the others of the group
          if (alone || !this.#writer.isTransaction) throw error;
          this.#writer.exec('ROLLBACK TO unit; RELEASE unit');
          refused.push(() => reject(error));
        }
      }
      this.#writes.run('COMMIT');
      this.#commits++;
      if (group.some(({ announce }) => announce)) this.#bell.ring();
    } catch (error) {
      if (this.#writer.isTransaction) this.#writer.exec('ROLLBACK');
      for (const { reject } of group) reject(error);
      return;
    }
    for (const refuse of refused) refuse();
    for (const { durability, resolve } of done) if (durability === 'buffered') resolve();
    const durable = done.filter(({ durability }) => durability === 'durable');
    if (durable.length === 0) return;
    this.sync().then(
      () => durable.forEach(({ resolve }) => resolve()),
      (error: unknown) => durable.forEach(({ reject }) => reject(error)),
    );
  }
}
