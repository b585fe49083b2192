import type { Clock } from '../../kernel/clock.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';

/** What a reader must know after a commit of anybody: where each partition ends, and which groups have changed. */
export interface TailSnapshot {
  /** The next offset of each partition, by partition id. */
  readonly nextOffsets: ReadonlyMap<number, number>;
  /** The generation of each group, by name. */
  readonly generations: ReadonlyMap<string, number>;
}

/** Who wants to hear of changes of the log. */
export interface TailFollower {
  changed(snapshot: TailSnapshot): void;
  /** The file could not be read. */
  failed(error: unknown): void;
}

export interface LogTailOptions {
  readonly file: SqliteFile;
  readonly clock: Clock;
  /** How long a change may stay unseen when nobody tells of it, in milliseconds. */
  readonly pollMs: number;
}

/**
 * Follows the end of the log for all subscriptions of a broker: woken by the commits of all processes, with a slow poll
 * as the net. A wake-up for nothing costs one pragma, any other two small queries, however many subscriptions there are.
 */
export class LogTail {
  readonly #followers = new Set<TailFollower>();
  readonly #stopped = new AbortController();
  #unwatch: (() => void) | undefined;
  #version: number | undefined;
  #snapshot: TailSnapshot = { nextOffsets: new Map(), generations: new Map() };
  #due = false;

  constructor(private readonly options: LogTailOptions) {}

  /** The state at the last look. */
  get snapshot(): TailSnapshot {
    return this.#snapshot;
  }

  /** Begins to follow, and returns how to end that. */
  follow(follower: TailFollower): () => void {
    this.#followers.add(follower);
    if (!this.#unwatch) {
      this.#unwatch = this.options.file.onChanged(() => this.wake());
      void this.#poll();
    }
    return () => this.#followers.delete(follower);
  }

  /** Looks soon; many calls at once make one look. */
  wake(): void {
    if (this.#due || this.#followers.size === 0) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      this.look();
    });
  }

  /** Looks now, and tells the followers if anything was committed since the last look. */
  look(): void {
    if (this.#stopped.signal.aborted) return;
    try {
      if (!this.#refresh()) return;
    } catch (error) {
      for (const follower of this.#followers) follower.failed(error);
      return;
    }
    for (const follower of this.#followers) follower.changed(this.#snapshot);
  }

  stop(): void {
    this.#stopped.abort();
    this.#unwatch?.();
    this.#followers.clear();
  }

  #refresh(): boolean {
    return this.options.file.read((sql) => {
      // read before the rest, so that a commit in between is found by the next look
      const version = sql.get<{ data_version: number }>('PRAGMA data_version')?.data_version;
      if (version === this.#version) return false;
      const partitions = sql.all<{ id: number; next: number }>(
        'SELECT id, next_offset AS next FROM partitions',
      );
      const groups = sql.all<{ name: string; generation: number }>('SELECT name, generation FROM groups');
      this.#snapshot = {
        nextOffsets: new Map(partitions.map(({ id, next }) => [id, next])),
        generations: new Map(groups.map(({ name, generation }) => [name, generation])),
      };
      this.#version = version;
      return true;
    });
  }

  async #poll(): Promise<void> {
    const { clock, pollMs } = this.options;
    while (!this.#stopped.signal.aborted) {
      await clock.sleep(pollMs, this.#stopped.signal).catch(() => {});
      this.look();
    }
  }
}
