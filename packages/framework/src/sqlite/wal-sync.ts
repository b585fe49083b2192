import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { DiskFault } from './sqlite-fault.js';

const toDisk = promisify(fdatasync);

/**
 * Brings a write-ahead log to the disk, beside the event loop and not within SQLite's lock. One sync serves all who wait
 * for it, so that its cost is shared by more the busier it gets.
 *
 * SQLite with `synchronous=FULL` does the same fsync inside of COMMIT: it stops the process and keeps all others from
 * writing for as long as the disk takes. With `synchronous=NORMAL` and this afterwards, a commit is just as durable when
 * it is reported (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export class WalSync {
  readonly #file: number;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #failure: DiskFault | undefined;

  /** @param path the `-wal` file; it must be there */
  constructor(private readonly path: string) {
    this.#file = openSync(path, 'r');
  }

  /** Set when a sync has failed: then nothing is durable any more, and each further sync fails too. */
  get failure(): DiskFault | undefined {
    return this.#failure;
  }

  /** Resolves when everything that was committed before this call, by anybody, is on the disk. */
  sync(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#next ??= this.#after(this.#last);
    return this.#next;
  }

  /** Waits for the syncs that were begun. */
  async close(): Promise<void> {
    await (this.#next ?? this.#last).catch(() => {});
    closeSync(this.#file);
  }

  async #after(last: Promise<void>): Promise<void> {
    // one that runs already may have passed over what was committed meanwhile: begin another one behind it
    await last;
    this.#next = undefined;
    this.#last = this.#toDisk();
    await this.#last;
  }

  async #toDisk(): Promise<void> {
    try {
      await toDisk(this.#file);
    } catch (error) {
      // the last sync of this file: the system may have dropped what it could not write, and the next would not say so
      this.#failure = new DiskFault(this.path, error);
      throw this.#failure;
    }
  }
}
