import type { Clock } from '../../kernel/clock.js';
import { RebuildStuckError } from '../../kernel/errors/rebuild-errors.js';
import type { EventConsumer } from '../consumer/event-consumer.js';

/** So near to the end that the rest is a matter of moments. */
const NEAR = 500;
const LOOK_EVERY_MS = 50;

/** Tells how far a consumer is that reads a log from its start to rebuild a view. */
export class CatchUp {
  #partitions = 0;

  constructor(
    private readonly view: string,
    private readonly consumer: Pick<EventConsumer, 'state' | 'failure' | 'stuck' | 'lag'>,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when few records are left. @throws the signal's reason; RebuildStuckError */
  async near(): Promise<void> {
    await this.#until(async () => {
      const positions = await this.#positions();
      return positions?.reduce((sum, { lag }) => sum + lag, 0);
    }, NEAR);
  }

  /**
   * Resolves when all records are done that are in the log now. Those that come meanwhile do not delay it.
   * @throws the signal's reason; RebuildStuckError
   */
  async passed(): Promise<void> {
    const ends = new Map<number, number>();
    await this.#until(async () => {
      const positions = await this.#positions();
      return positions?.filter(({ partition, offset, lag }) => {
        if (!ends.has(partition)) ends.set(partition, offset + lag);
        return offset < ends.get(partition)!;
      }).length;
    }, 0);
  }

  /** Where all partitions are; undefined while the consumer has not all of them. */
  async #positions() {
    if (this.consumer.state !== 'running') return undefined;
    const positions = await this.consumer.lag();
    this.#partitions = Math.max(this.#partitions, positions.length);
    return positions.length > 0 && positions.length === this.#partitions ? positions : undefined;
  }

  async #until(look: () => Promise<number | undefined>, atMost: number): Promise<void> {
    for (;;) {
      this.signal.throwIfAborted();
      this.#assertGoesOn();
      // a broker that is away for a moment is waited for, as everywhere
      const left = await look().catch(() => undefined);
      if (left !== undefined && left <= atMost) return;
      await this.clock.sleep(LOOK_EVERY_MS, this.signal);
    }
  }

  #assertGoesOn(): void {
    const { state, stuck, failure } = this.consumer;
    if (stuck !== undefined || state === 'closed') throw new RebuildStuckError(this.view, stuck ?? failure);
  }
}
