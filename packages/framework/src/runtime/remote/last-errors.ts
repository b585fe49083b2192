import { SkanuError, messageOf } from '../../kernel/errors/skanu-error.js';
import { shownText } from '../../kernel/shown.js';
import type { OperationState } from './client-states.js';

const KEPT = 10;

/** The last few errors of an operation, for people who look for what is wrong. */
export class LastErrors {
  #newestFirst: OperationState['lastErrors'] = [];

  get all(): OperationState['lastErrors'] {
    return this.#newestFirst;
  }

  /** @param at in milliseconds since the epoch */
  add(error: unknown, at: number): void {
    const code = error instanceof SkanuError ? error.code : 'ERROR';
    const message = shownText(messageOf(error));
    this.#newestFirst = [{ at, code, message }, ...this.#newestFirst].slice(0, KEPT);
  }
}
