import type { Logger } from '../../kernel/logger.js';

/** What one record has to do with an outage of the store or the broker. */
export interface OutageWatch extends Disposable {
  /** It met the outage, and waits. */
  met(error: unknown): void;
  /** It waits no more. */
  over(): void;
}

/** Tells of an outage once, however many records wait for its end, and once when the last of them goes on. */
export class OutageLog {
  #waiting = 0;

  constructor(private readonly logger: Logger) {}

  watch(): OutageWatch {
    let waits = false;
    const over = () => {
      if (!waits) return;
      waits = false;
      if (--this.#waiting === 0) this.logger.info({}, 'handlers do not wait for the store any more');
    };
    return {
      met: (error) => {
        if (waits) return;
        waits = true;
        if (++this.#waiting === 1)
          this.logger.warn({ err: error }, 'handlers wait for the store; nothing is parked for that');
      },
      over,
      [Symbol.dispose]: over,
    };
  }
}
