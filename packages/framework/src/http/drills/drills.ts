import type { Clock } from '../../kernel/clock.js';

/** How writes are made slow: each waits `ms` ± `jitterMs` before it is begun. */
export interface Slowness {
  readonly ms: number;
  readonly jitterMs: number;
  /** Only under that path; undefined: everywhere. */
  readonly path?: string | undefined;
}

/** Faults that a service can be put into from outside, to see what its neighbours make of it. Only where its settings allow that. */
export class Drills {
  isDown = false;
  slowness: Slowness | undefined;

  constructor(
    /** What `GET /actuator/echo` answers: which replica this is. */
    readonly identity: Readonly<Record<string, unknown>>,
    private readonly clock: Clock,
    private readonly random: () => number,
    slowness?: Slowness,
  ) {
    this.slowness = slowness;
  }

  /** Waits as long as a write of that path is to wait. Rejects with the reason of the signal as soon as that is aborted. */
  async delay(path: string, signal: AbortSignal | undefined): Promise<void> {
    const { slowness } = this;
    if (!slowness || !isUnder(slowness.path, path)) return;
    const { ms, jitterMs } = slowness;
    await this.clock.sleep(Math.max(0, ms + (2 * this.random() - 1) * jitterMs), signal);
  }
}

function isUnder(base: string | undefined, path: string): boolean {
  return base === undefined || path === base || path.startsWith(base.endsWith('/') ? base : `${base}/`);
}
