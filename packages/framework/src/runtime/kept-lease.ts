import type { Clock } from '../kernel/clock.js';
import { LeaseLostError } from '../kernel/errors/store-errors.js';
import type { Lease, Leases } from '../store/leases.js';

export interface KeptLeaseOptions {
  readonly name: string;
  readonly owner: string;
  readonly ttlMs: number;
  readonly leases: Leases;
  readonly clock: Clock;
}

/** A lease that is renewed in the background, whatever its holder is waiting for meanwhile. */
export class KeptLease {
  readonly #ended = new AbortController();
  readonly #renewing: Promise<void>;
  #isLost = false;

  /** Undefined: somebody else holds it. */
  static async take(options: KeptLeaseOptions): Promise<KeptLease | undefined> {
    const askedAt = options.clock.now();
    const lease = await options.leases.acquire(options.name, options.owner, options.ttlMs);
    return lease && new KeptLease(lease, options, askedAt);
  }

  private constructor(
    readonly lease: Lease,
    private readonly options: KeptLeaseOptions,
    /** When the last renewal that succeeded was asked for: the lease is ours for `ttlMs` from then on at least. */
    private confirmedAt: number,
  ) {
    this.#renewing = this.#keep();
  }

  /**
   * Resolves when it is certain that the lease is held at this moment. A process that was paused finds out here.
   * @throws LeaseLostError when another one has taken it over, and what the store throws
   */
  async confirm(): Promise<void> {
    const { clock, ttlMs, name } = this.options;
    if (!this.#isLost && clock.now() - this.confirmedAt >= ttlMs) await this.#renew();
    if (this.#isLost) throw new LeaseLostError(name);
  }

  /** Lets others have it. One that cannot be given back runs out by itself. */
  async release(): Promise<void> {
    this.#ended.abort();
    await this.#renewing;
    await this.options.leases.release(this.lease).catch(() => {});
  }

  async #keep(): Promise<void> {
    const { clock, ttlMs } = this.options;
    const { signal } = this.#ended;
    while (!signal.aborted && !this.#isLost) {
      await clock.sleep(ttlMs / 3, signal).catch(() => {});
      // while the store is away nobody else can take it either; whoever relies on it asks before he acts
      if (!signal.aborted) await this.#renew().catch(() => {});
    }
  }

  async #renew(): Promise<void> {
    const { leases, clock, ttlMs } = this.options;
    const askedAt = clock.now();
    if (await leases.renew(this.lease, ttlMs)) this.confirmedAt = Math.max(this.confirmedAt, askedAt);
    else this.#isLost = true;
  }
}
