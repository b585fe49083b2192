/** How many go into one write at the most, so that none waits for an endless one. */
const GROUP_LIMIT = 200;

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Group commit: what comes while one write is under way goes into the next one together. */
export class GroupedWrites<T> {
  readonly #waiting: Waiting<T>[] = [];
  #isWriting = false;

  /** @param write writes several as one: all of them or none */
  constructor(private readonly write: (items: readonly T[]) => Promise<unknown>) {}

  /** Resolves when the write that it was part of has, and rejects with what that rejects with. The first goes at once. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP_LIMIT);
      try {
        await this.write(group.map(({ item }) => item));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
