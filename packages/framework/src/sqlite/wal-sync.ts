import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

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

  /** @param path the `-wal` file; it must be there */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** Resolves when everything that was committed before this call, by anybody, is on the disk. */
  sync(): Promise<void> {
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
    await last.catch(() => {});
    this.#next = undefined;
    this.#last = toDisk(this.#file);
    await this.#last;
  }
}
