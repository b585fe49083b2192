import { RequestRunningError } from '../../kernel/errors/request-errors.js';

/** The keys that are worked on in this process: one at a time each. At most as many as there are requests under way. */
export class RunningKeys {
  /** With what tells the works on one key apart. */
  readonly #keys = new Map<string, symbol>();

  /**
   * Until the work is over or given up. Work that is given up begins no commit any more, and if its commit is under way, the record of the key decides; so one
   * that never ends does not keep its key for ever.
   * @param signal aborted when the work is given up
   * @throws RequestRunningError at once when the key is worked on already
   */
  async alone<T>(key: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#keys.has(key)) throw new RequestRunningError(key);
    const mine = Symbol(key);
    this.#keys.set(key, mine);
    const release = () => {
      // it may be another's by now
      if (this.#keys.get(key) === mine) this.#keys.delete(key);
    };
    signal?.addEventListener('abort', release, { once: true });
    try {
      return await work();
    } finally {
      signal?.removeEventListener('abort', release);
      release();
    }
  }
}
