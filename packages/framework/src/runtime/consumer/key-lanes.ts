/** Work that waits its turn. Gets a function that gives its place to others while it only waits. */
export type LaneTask = (pause: <T>(waiting: () => Promise<T>) => Promise<T>) => Promise<void>;

/**
 * Runs tasks of one lane one after the other, and those of different lanes side by side, at most `limit` at a time. A
 * task that pauses (to try again later) keeps its lane but not its place, so it holds up nobody else.
 */
export class KeyLanes {
  readonly #lanes = new Map<string, LaneTask[]>();
  readonly #ready: string[] = [];
  #free: number;

  constructor(private readonly limit: number) {
    this.#free = limit;
  }

  /** How many tasks run at this moment. */
  get running(): number {
    return this.limit - this.#free;
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
    while (this.#free > 0 && this.#ready.length > 0) {
      this.#free--;
      void this.#runNext(this.#ready.shift()!);
    }
  }

  async #runNext(lane: string): Promise<void> {
    const tasks = this.#lanes.get(lane)!;
    try {
      await tasks[0]!((waiting) => this.#pause(waiting));
    } finally {
      this.#free++;
      tasks.shift();
      if (tasks.length > 0) this.#ready.push(lane);
      else this.#lanes.delete(lane);
      this.#fill();
    }
  }

  async #pause<T>(waiting: () => Promise<T>): Promise<T> {
    this.#free++;
    this.#fill();
    try {
      return await waiting();
    } finally {
      // it goes on at once and may for a moment be one above the limit: waiting again could starve it
      this.#free--;
    }
  }
}
