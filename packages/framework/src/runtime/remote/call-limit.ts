import type { Clock } from '../../kernel/clock.js';
import { RemoteCallAbortedError, RemoteTimeoutError } from '../../kernel/errors/remote-errors.js';

/** The caller's time and our limit may be over in the same moment; which timer fires first is chance. */
const SAME_MOMENT_MS = 10;
/** Given as the reason, so that no error is made for what happens all the time. */
const ENDED = 'ended';

export interface CallLimitOptions {
  readonly operation: string;
  readonly limitMs: number;
  /** What there is when nobody is in a hurry, in milliseconds. Default: `limitMs`. */
  readonly usualMs?: number;
  readonly clock: Clock;
  /** Any of them gives the call up. */
  readonly signals: readonly AbortSignal[];
}

/**
 * Ends a call, whatever it waits for: when its time is over, or its caller gives it up. The reason of its signal is the error that the caller gets: a
 * `RemoteTimeoutError` or a `RemoteCallAbortedError`.
 */
export class CallLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #ended = new AbortController();
  /** In milliseconds since the epoch. */
  readonly #endsAt: number;

  /** @param call the limit of the call, where this is one of an attempt */
  constructor(
    private readonly options: CallLimitOptions,
    private readonly call?: CallLimit,
  ) {
    const { clock, limitMs, signals } = options;
    this.#endsAt = clock.now() + limitMs;
    clock.sleep(limitMs, this.#ended.signal).then(
      () => this.#controller.abort(this.#timeout()),
      () => {},
    );
    for (const signal of signals) {
      if (signal.aborted) this.#giveUp(signal);
      // with a signal of its own, so that nothing of the call stays on one that lives longer
      else signal.addEventListener('abort', () => this.#giveUp(signal), { signal: this.#ended.signal });
    }
  }

  /** The limit of one attempt: it ends with the call, and not later than after `limitMs`. */
  ofAttempt(limitMs: number): CallLimit {
    return new CallLimit({ ...this.options, limitMs, usualMs: limitMs, signals: [this.signal] }, this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** In milliseconds. */
  get leftMs(): number {
    const ownMs = this.#endsAt - this.options.clock.now();
    return this.call ? Math.min(ownMs, this.call.leftMs) : ownMs;
  }

  /**
   * Whether what is left is enough to blame whoever does not answer in it: at least half of what there usually is. To miss the time of a caller in a hurry
   * is no failure, or a few of those would have a service that works taken for one that does not.
   */
  get isFair(): boolean {
    const { usualMs, limitMs } = this.options;
    return this.leftMs >= (usualMs ?? limitMs) / 2;
  }

  [Symbol.dispose](): void {
    this.#ended.abort(ENDED);
  }

  #giveUp({ reason }: AbortSignal): void {
    // an attempt ends with its call, and as its call does
    if (reason instanceof RemoteTimeoutError || reason instanceof RemoteCallAbortedError) {
      this.#controller.abort(reason);
      return;
    }
    // a caller whose time is over has waited as long as it could: that says something of the other service, as a timeout does
    const isOver = this.leftMs <= Math.min(SAME_MOMENT_MS, this.options.limitMs / 2);
    this.#controller.abort(
      isOver ? this.#timeout() : new RemoteCallAbortedError(this.options.operation, reason),
    );
  }

  #timeout(): RemoteTimeoutError {
    return new RemoteTimeoutError(this.options.operation, Math.round(this.options.limitMs));
  }
}
