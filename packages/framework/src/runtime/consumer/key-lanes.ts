/**
 * Gives a task's place to others while it only waits. It goes on when there is a place again; at once when its signal is aborted,
 * because then it only has to end.
 */
export type Pause = <T>(waiting: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Work that waits its turn. */
export type LaneTask = (pause: Pause) => Promise<void>;

/**
 * Runs tasks of one lane one after the other, and those of different lanes side by side, at most `limit` at a time. A
 * task that pauses (to try again later) keeps its lane but not its place, so it holds up nobody else.
 */
export class KeyLanes {
  readonly #lanes = new Map<string, LaneTask[]>();
  readonly #ready: string[] = [];
  readonly #resuming: (() => void)[] = [];
  #free: number;

  constructor(private readonly limit: number) {
    this.#free = limit;
  }

  /** How many tasks run at this moment. */
  get running(): number {
    return this.limit - this.#free;
  }

  /** How many tasks of a lane wait behind the one whose turn it is. */
  waiting(lane: string): number {
    return Math.max(0, (this.#lanes.get(lane)?.length ?? 0) - 1);
  }

  /** Appends a task to a lane. What the task rejects with is a bug of its own; it must not. */
  add(lane: string, task: LaneTask): void {
    const waiting = this.#lanes.get(lane);
    if (waiting) {
      waiting.push(task);
      return;
    }
    this.#lanes.set(lane, [task]);
    this.#ready.push(lane);
    this.#fill();
  }

  #fill(): void {
    while (this.#free > 0) {
      // who has paused goes first: behind an endless stream of new lanes it would starve
      const resume = this.#resuming.shift();
      const lane = resume ? undefined : this.#ready.shift();
      if (!resume && lane === undefined) return;
      this.#free--;
      if (resume) resume();
      else void this.#runNext(lane!);
    }
  }

  async #runNext(lane: string): Promise<void> {
    const tasks = this.#lanes.get(lane)!;
    try {
      await tasks[0]!(this.#pause);
    } finally {
      this.#free++;
      tasks.shift();
      if (tasks.length > 0) this.#ready.push(lane);
      else this.#lanes.delete(lane);
      this.#fill();
    }
  }

  readonly #pause: Pause = async (waiting, signal) => {
    this.#free++;
    this.#fill();
    try {
      return await waiting();
    } finally {
      await this.#place(signal);
    }
  };

  #place(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const beyondTheLimit = () => {
        this.#resuming.splice(this.#resuming.indexOf(resume), 1);
        this.#free--;
        resolve();
      };
      const resume = () => {
        signal.removeEventListener('abort', beyondTheLimit);
        resolve();
      };
      this.#resuming.push(resume);
      if (signal.aborted) return beyondTheLimit();
      signal.addEventListener('abort', beyondTheLimit, { once: true });
      this.#fill();
    });
  }
}
