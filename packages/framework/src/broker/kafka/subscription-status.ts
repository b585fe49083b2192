import type { Logger } from '../../kernel/logger.js';
import type { Subscription } from '../broker.js';
import { brokerFailure } from './kafka-failure.js';

export interface SubscriptionStatusOptions {
  readonly group: string;
  /** As it is shown in errors. */
  readonly broker: string;
  readonly logger: Logger;
}

/** What a subscription says of itself, and what it logs when that changes. */
export class SubscriptionStatus {
  #state: Subscription['state'] = 'joining';
  #failure: unknown;
  #isSettled = false;

  constructor(private readonly options: SubscriptionStatusOptions) {}

  get state(): Subscription['state'] {
    return this.#state;
  }

  get failure(): unknown {
    return this.#failure;
  }

  /** The first assignment has come. */
  settled(): void {
    this.#isSettled = true;
    this.works();
  }

  works(): void {
    if (this.#state === 'closed') return;
    const { logger, group } = this.options;
    if (this.#state === 'failing') logger.info({ group }, 'the subscription works again');
    this.#state = this.#isSettled ? 'running' : 'joining';
    this.#failure = undefined;
  }

  fails(error: unknown): void {
    if (this.#state === 'closed') return;
    const { logger, group, broker } = this.options;
    if (this.#state !== 'failing') logger.warn({ err: error, group }, 'the subscription fails; trying again');
    this.#state = 'failing';
    this.#failure = brokerFailure(broker, error);
  }

  /** For good; `failure`: what ended it, if it did not end by itself. */
  closed(failure?: unknown): void {
    this.#state = 'closed';
    this.#failure = failure;
  }
}
