import assert from 'node:assert/strict';

/** For conditions that no event tells of, such as the state of a subscription. */
const LOOK_EVERY_MS = 20;

/** Where all receivers of a case tell that something has happened, so that the case can wait for what follows from it. */
export class NoticeBoard {
  readonly #looks = new Set<() => void>();

  constructor(private readonly patienceMs: number) {}

  /** Something has happened: whoever waits looks again. */
  notify(): void {
    for (const look of this.#looks) look();
  }

  /** Resolves when the condition holds; fails with `what` when it does not in time. */
  async until(what: string, condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(limit);
        clearInterval(regular);
        this.#looks.delete(look);
        settle();
      };
      const look = () => {
        if (condition()) end(resolve);
      };
      const regular = setInterval(look, LOOK_EVERY_MS);
      const limit = setTimeout(() => {
        end(() =>
          reject(
            new assert.AssertionError({ message: `waited ${this.patienceMs} ms in vain until ${what}` }),
          ),
        );
      }, this.patienceMs);
      this.#looks.add(look);
    });
  }
}
