/** The port to time. Adapters: {@link systemClock}, and `ManualClock` in the test kit. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds; rejects with the signal's reason as soon as the signal is aborted.
   * Does not keep the process alive on its own.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // by hand: the promise of node:timers makes an error with a stack for each sleep that is ended early, and most are
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const ended = () => {
        clearTimeout(timer);
        reject(signal!.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', ended);
        resolve();
      }, ms);
      timer.unref();
      signal?.addEventListener('abort', ended, { once: true });
    }),
};
