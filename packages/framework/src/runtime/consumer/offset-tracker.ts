/** Knows how far the records of one partition are done, though they get done in any order. */
export class OffsetTracker {
  /** Offsets that were taken, in order, with whether each is done. */
  readonly #taken: { readonly offset: number; done: boolean }[] = [];
  #head = 0;
  #next: number | undefined;
  #committed: number | undefined;

  /** How many offsets are held, done or not, because an earlier one is not done. */
  get span(): number {
    return this.#taken.length - this.#head;
  }

  /** The earliest offset that is not done; undefined when all are. */
  get oldest(): number | undefined {
    return this.#taken[this.#head]?.offset;
  }

  /** Takes the next offset; the function that it returns says that the record is done. */
  take(offset: number): () => void {
    const entry = { offset, done: false };
    this.#taken.push(entry);
    return () => {
      entry.done = true;
      this.#advance();
    };
  }

  /** The offset to commit, if it has moved since {@link committed}: all before it are done. */
  get pending(): number | undefined {
    return this.#next === this.#committed ? undefined : this.#next;
  }

  committed(offset: number): void {
    this.#committed = offset;
  }

  #advance(): void {
    while (this.#taken[this.#head]?.done) this.#next = this.#taken[this.#head++]!.offset + 1;
    if (this.#head <= 1_000 || this.#head * 2 <= this.#taken.length) return;
    this.#taken.splice(0, this.#head);
    this.#head = 0;
  }
}
