import type { Clock } from '../../kernel/clock.js';
import { LeaseLostError } from '../../kernel/errors/store-errors.js';
import type { Lease, Leases } from '../../store/leases.js';

const TTL_MS = 6_000;
const RENEW_MS = TTL_MS / 3;

function nameOf(view: string): string {
  return `rebuild:${view}`;
}

/** Says that the rebuild of a view is alive. Who holds it may rebuild; while nobody does, what was begun is abandoned by whom it bothers. */
export class RebuildLease {
  readonly #ended = new AbortController();
  #renewing: Promise<void> | undefined;

  /** Undefined: somebody else holds it. */
  static async take(
    view: string,
    owner: string,
    leases: Leases,
    clock: Clock,
  ): Promise<RebuildLease | undefined> {
    const lease = await leases.acquire(nameOf(view), owner, TTL_MS);
    return lease && new RebuildLease(lease, leases, clock);
  }

  private constructor(
    private readonly lease: Lease,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  /** Keeps it until it is released; calls `lost` when somebody has taken it over. */
  keep(lost: (error: LeaseLostError) => void): void {
    this.#renewing = this.#renew(lost);
  }

  /** Lets others have it. One that cannot be given back runs out by itself. */
  async release(): Promise<void> {
    this.#ended.abort();
    await this.#renewing;
    await this.leases.release(this.lease).catch(() => {});
  }

  async #renew(lost: (error: LeaseLostError) => void): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.clock.sleep(RENEW_MS, signal).catch(() => {});
      if (signal.aborted) return;
      // while the store is away nobody else can take it either
      const kept = await this.leases.renew(this.lease, TTL_MS).catch(() => true);
      if (!kept) return lost(new LeaseLostError(this.lease.name));
    }
  }
}
