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

/** A rebuild came to nothing, because a newer one has begun or it was taken for dead; the live view is as it was. */
export class RebuildSupersededError extends SkanuError {
  static override readonly code: string = 'REBUILD_SUPERSEDED';
  constructor(view: string, generation: number) {
    super(`generation ${generation} of the view ${view} is not being rebuilt any more`, {
      help: 'Begin again, if there is no newer rebuild.',
    });
  }
}
