import type { Clock } from '../../kernel/clock.js';

/**
 * `silent`: the coordinator should have answered. `overdue`: it has not for so long that the member may be taken for dead.
 * `doubtful`: it should have answered, unless the group waits for other members. `hangs`: it is silent for longer than any
 * wait in a group can be.
 */
export type Verdict = 'fine' | 'silent' | 'overdue' | 'doubtful' | 'hangs';

/** How long a group's coordinator has been silent, and what that means. */
export class LifeSigns {
  #heardAt: number;
  /** Since when a join is under way; undefined: none is. */
  #joiningSince: number | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly sessionTimeoutMs: number,
  ) {
    this.#heardAt = clock.now();
  }

  /** The coordinator has answered. */
  heard(): void {
    this.#heardAt = this.clock.now();
  }

  /** A join has begun: it is answered when all members have joined. */
  joining(): void {
    this.#joiningSince = this.clock.now();
  }

  joined(): void {
    this.#joiningSince = undefined;
    this.heard();
  }

  /**
   * Whether a fetch that begins now shows that the join was given up. After some errors kafkajs goes on in the generation
   * that it was in, or as no member at all, and says nothing; a fetch that was under way when it began to join ends soon.
   */
  hasGivenUpJoining(graceMs: number): boolean {
    return this.#joiningSince !== undefined && Math.abs(this.clock.now() - this.#joiningSince) > graceMs;
  }

  /** @param joinLimitMs how long a join may wait for others */
  look(joinLimitMs: number): { readonly verdict: Verdict; readonly error: Error } {
    const silentMs = Math.abs(this.clock.now() - this.#heardAt);
    const error = new Error(`the group's coordinator has been silent for ${silentMs} ms`);
    return { verdict: this.#verdict(silentMs, joinLimitMs), error };
  }

  #verdict(silentMs: number, joinLimitMs: number): Verdict {
    if (silentMs < this.sessionTimeoutMs / 2) return 'fine';
    if (silentMs > joinLimitMs + this.sessionTimeoutMs) return 'hangs';
    if (this.#joiningSince !== undefined) return 'doubtful';
    return silentMs > this.sessionTimeoutMs ? 'overdue' : 'silent';
  }
}
