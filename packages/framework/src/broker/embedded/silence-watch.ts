/**
 * Tells which members of a group have been silent for too long, by the observer's own clock: a member's beat is only a
 * counter, so clocks need not agree. A stretch in which the observer itself was stopped or kept from the file counts as
 * one short step, since the others may have been kept from it too; so who comes back to life takes nobody for dead at once.
 */
export class SilenceWatch {
  #seen = new Map<number, { readonly beat: number; readonly silentMs: number }>();
  #lastLook: number | undefined;

  /** @param longestStepMs what two looks are apart at the most in normal operation */
  constructor(
    private readonly limitMs: number,
    private readonly longestStepMs: number,
  ) {}

  /** Looks at the beats (by member id) and returns the ids of those that were silent for longer than the limit. */
  look(now: number, beats: ReadonlyMap<number, number>): number[] {
    const step = Math.min(Math.max(now - (this.#lastLook ?? now), 0), this.longestStepMs);
    this.#lastLook = now;
    const before = this.#seen;
    this.#seen = new Map();
    for (const [id, beat] of beats) {
      const known = before.get(id);
      this.#seen.set(id, { beat, silentMs: known?.beat === beat ? known.silentMs + step : 0 });
    }
    return [...this.#seen].filter(([, { silentMs }]) => silentMs > this.limitMs).map(([id]) => id);
  }
}
