import { SkanuError } from './skanu-error.js';

/** The view is being rebuilt already, by this process or another. Over HTTP: 409. */
export class RebuildRunningError extends SkanuError {
  static override readonly code: string = 'REBUILD_RUNNING';
  constructor(view: string) {
    super(`the view ${view} is being rebuilt already`, {
      help: 'Wait for its end: GET /actuator/views shows how far it is.',
    });
  }
}

/** A view handler did something in a rebuild that would repeat effects: the rebuild was ended, the live view is as it was. */
export class RebuildEffectError extends SkanuError {
  static override readonly code: string = 'REBUILD_EFFECT';
  constructor(view: string, what: string) {
    super(`a handler of the view ${view} ${what} while the view was rebuilt`, {
      help: 'A view handler may only change rows of its own view; move the rest into a policy, which is never replayed.',
    });
  }
}

/** Something of a rebuild was to be written after its end; it was not. Nobody waits for it any more. */
export class RebuildOverError extends SkanuError {
  static override readonly code: string = 'REBUILD_OVER';
  constructor(view: string) {
    super(`a rebuild of the view ${view} is over, nothing more of it is written`, {
      help: 'Nothing to do: what counts was written before.',
    });
  }
}

/** The consumer that reads the log for a rebuild has ended, or cannot get past a record: the rebuild was ended, the live view is as it was. */
export class RebuildStuckError extends SkanuError {
  static override readonly code: string = 'REBUILD_STUCK';
  constructor(view: string, cause: unknown) {
    super(`the rebuild of the view ${view} cannot read the log to its end`, {
      help: 'Look at the cause, then begin again.',
      cause,
    });
  }
}

/** The live view was held for as long as it may be, and its rebuild was not done: the rebuild was ended, the live view goes on as it was. */
export class RebuildHoldError extends SkanuError {
  static override readonly code: string = 'REBUILD_HOLD';
  constructor(view: string, limitMs: number) {
    super(`the view ${view} was held for ${limitMs} ms and its rebuild was not done`, {
      help: 'Begin again when the broker and the database keep up.',
    });
  }
}

/** A rebuild came to nothing, because a newer one has begun or it was taken for dead; the live view is as it was. */
export class RebuildSupersededError extends SkanuError {
  static override readonly code: string = 'REBUILD_SUPERSEDED';
  constructor(view: string, generation: number) {
    super(`generation ${generation} of the view ${view} is not being rebuilt any more`, {
      help: 'Begin again, if there is no newer rebuild.',
    });
  }
}
