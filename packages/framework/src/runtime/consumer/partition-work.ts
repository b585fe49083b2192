import type { TopicPartition } from '../../broker/broker.js';
import { OffsetTracker } from './offset-tracker.js';
import { TakenTwins } from './taken-twins.js';

/** What is going on for one partition as long as it is ours. */
export class PartitionWork {
  readonly offsets = new OffsetTracker();
  readonly twins = new TakenTwins();
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #failure: unknown;

  /** How many records are taken and not settled. */
  unsettled = 0;
  /** When the newest record that was taken was appended, in milliseconds since the epoch. */
  readUpTo = 0;

  /** @param informed resolves when it is known which keys are parked; no record is handled before */
  constructor(
    readonly partition: TopicPartition,
    readonly informed: Promise<unknown>,
  ) {}

  /** Aborted when the partition is no longer ours. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Counts work as under way until it ends. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Why it goes no further; undefined while it does. */
  get failure(): unknown {
    return this.#failure;
  }

  /** It goes no further for as long as it is ours. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.stop();
  }

  /** Nothing new begins; waits between attempts end. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
