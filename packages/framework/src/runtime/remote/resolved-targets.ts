import type { Clock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors/skanu-error.js';
import type { Logger } from '../../kernel/logger.js';
import type { Resolve } from './dns-addresses.js';
import type { Target } from './targets.js';

export interface ResolvedTargetsOptions {
  readonly resolve: Resolve;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often a name is looked up, in milliseconds: a replica that is replaced is left within this time. */
const LOOK_UP_EVERY_MS = 1_000;
/** Nobody asked for this long, in milliseconds: what was known is not relied on any more. */
const STALE_MS = 5_000;

/**
 * The addresses that a name stands for. They are looked up in the background while they are used, so no call waits for a name
 * server, and the last that are known stay while it fails. Until one is known a call goes to the name itself.
 */
export class ResolvedTargets {
  #known: readonly Target[] = [];
  #isStale = true;
  #lookedUpAt = -Infinity;
  #isLookingUp = false;
  #isFailing = false;
  #isClosed = false;

  constructor(
    private readonly byName: Target,
    private readonly options: ResolvedTargetsOptions,
  ) {}

  /** Those that are known, or the name. Never empty. */
  now(): readonly Target[] {
    return this.#isStale ? [this.byName] : this.#known;
  }

  /** Called whenever somebody is about to use them. Returns at once. */
  refresh(): void {
    const { clock, resolve } = this.options;
    const ageMs = clock.now() - this.#lookedUpAt;
    if (this.#isLookingUp || this.#isClosed || ageMs < LOOK_UP_EVERY_MS) return;
    // where there are several, another one can take a call that meets one that is gone
    if (ageMs > STALE_MS && this.#known.length < 2 && !this.#isFailing) this.#isStale = true;
    this.#isLookingUp = true;
    this.#lookedUpAt = clock.now();
    void resolve(new URL(this.byName.url).hostname)
      .then(
        (addresses) => this.#found(addresses),
        (error: unknown) => this.#failed(messageOf(error)),
      )
      .finally(() => (this.#isLookingUp = false));
  }

  close(): void {
    this.#isClosed = true;
  }

  #found(addresses: readonly string[]): void {
    if (addresses.length === 0) {
      this.#failed('it has no address');
      return;
    }
    const before = new Map(this.#known.map((one) => [one.url, one]));
    this.#known = [...new Set(addresses)].map((address) => {
      const target = this.#at(address);
      // what is known of those that stay, stays
      return before.get(target.url) ?? target;
    });
    this.#isStale = false;
    this.#isFailing = false;
  }

  #at(address: string): Target {
    const { host, protocol, port, pathname } = new URL(this.byName.url);
    const literal = address.includes(':') ? `[${address}]` : address;
    const path = pathname.replace(/\/+$/, '');
    return { url: `${protocol}//${literal}${port === '' ? '' : `:${port}`}${path}`, host };
  }

  #failed(why: string): void {
    if (!this.#isFailing && !this.#isClosed)
      this.options.logger.warn(
        { host: new URL(this.byName.url).host, why },
        'the name of a service cannot be looked up; what is known of it stays',
      );
    this.#isFailing = true;
    if (this.#known.length > 0) this.#isStale = false;
  }
}
