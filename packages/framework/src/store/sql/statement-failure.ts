/**
 * A statement of a transaction failed for a reason that only its writer can name: a change that collides is a unique violation of its
 * table, an inbox mark that matched no row is a duplicate. It never gets out of the store.
 */
export class StatementFailure extends Error {
  constructor(
    /** `rows`: it did not match as many as it must. `unique`: a unique index refused it. `too-long`: a value does not fit into an index. */
    readonly kind: 'rows' | 'unique' | 'too-long',
    /** Its place among the statements of the `run`, from 0. */
    readonly place: number,
    /** The index or constraint that refused it, if the engine tells. */
    readonly index?: string,
    cause?: unknown,
  ) {
    super(`statement ${place} failed: ${kind}`, { cause });
    this.name = 'StatementFailure';
  }
}
