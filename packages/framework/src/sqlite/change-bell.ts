import { type FSWatcher, closeSync, futimesSync, openSync, watch } from 'node:fs';

/**
 * Wakes those who share a database, in all processes, by touching a file beside it. A file of its own: the WAL is written
 * in many pieces, each of which would wake everybody, and before COMMIT has returned, so too early.
 */
export class ChangeBell {
  readonly #file: number;
  readonly #listeners = new Set<() => void>();
  #watcher: FSWatcher | undefined;

  /** @param path the file; made when it is not there */
  constructor(private readonly path: string) {
    this.#file = openSync(path, 'a');
  }

  ring(): void {
    try {
      const now = new Date();
      futimesSync(this.#file, now, now);
    } catch {
      // the commit stands; who was not woken finds it with its slow poll
    }
  }

  /** Calls `listener` soon after a ring of any process; several rings may make one call. Returns how to end that. */
  onRing(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#watcher ??= this.#watch();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#watcher?.close();
    closeSync(this.#file);
  }

  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(this.path, { persistent: false }, () => {
        for (const listener of this.#listeners) listener();
      });
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      // no watching on this file system: the callers' slow poll is the net
      return undefined;
    }
  }
}
