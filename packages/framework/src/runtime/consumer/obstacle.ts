import type { Clock } from '../../kernel/clock.js';

/** How long a record may hold others up. */
const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 250;

/** Looks whether a record that is not done after a while holds up so much that its key is better put aside; `signal` is aborted then. */
export class Obstacle implements Disposable {
  readonly #found = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #isExcused = false;

  constructor(holdsUp: () => boolean, clock: Clock) {
    const begin = clock.now();
    this.#timer = setInterval(() => {
      if (!this.#isExcused && clock.now() - begin >= PATIENCE_MS && holdsUp()) this.#found.abort('put aside');
    }, LOOK_EVERY_MS);
  }

  get signal(): AbortSignal {
    return this.#found.signal;
  }

  /** Whether what it waits for is not its own doing. */
  excuse(isExcused: boolean): void {
    this.#isExcused = isExcused;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
