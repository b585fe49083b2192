/** One guarantee of a port, as a check that any test framework can run. */
export interface ConformanceCase {
  /** The guarantee, as a sentence. */
  readonly title: string;
  /** Why it does not apply: the capability that the adapter declares not to have. Report it as skipped, do not hide it. */
  readonly skip?: string;
  /** Rejects (with an `AssertionError` or whatever went wrong) when the guarantee does not hold. */
  run(): Promise<void>;
}
