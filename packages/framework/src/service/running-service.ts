import type { Clock } from '../kernel/clock.js';
import { LifecycleTimeoutError } from '../kernel/errors/start-errors.js';
import type { Logger } from '../kernel/logger.js';
import type { Phase } from './phase.js';
import type { CommonSettings } from './settings.js';

/** A service or gateway that runs. */
export interface RunningService {
  readonly name: string;
  /** Where it listens: `http://localhost:8081`. */
  readonly url: string;
  /**
   * Stops it: not ready any more, what is in flight is finished, what is committed is published, everything is let go
   * of. A second call waits for the first.
   * @throws LifecycleTimeoutError when that takes longer than `SHUTDOWN_TIMEOUT_MS`
   */
  stop(): Promise<void>;
}

/** One thing to do when stopping. */
export interface StopStep {
  readonly what: string;
  readonly run: () => Promise<unknown> | void;
}

export interface StoppingOptions {
  readonly name: string;
  readonly settings: CommonSettings;
  readonly phase: Phase;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In this order. One that fails does not keep the next from running. */
  readonly steps: readonly StopStep[];
}

/** How a service stops, once, within its limit. */
export function stopping({
  name,
  settings,
  phase,
  clock,
  logger,
  steps,
}: StoppingOptions): () => Promise<void> {
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    const wasRunning = phase.now === 'running';
    phase.draining();
    // a start that failed says so in its own line
    if (wasRunning) logger.info({}, 'stopping');
    // load balancers need a moment to see that it is not ready
    if (wasRunning && settings.SHUTDOWN_DELAY_MS > 0) await clock.sleep(settings.SHUTDOWN_DELAY_MS);
    for (const { what, run } of steps) {
      try {
        await run();
      } catch (error) {
        logger.warn({ err: error }, `${what} did not stop cleanly`);
      }
    }
    if (wasRunning) logger.info({}, 'stopped');
  }

  async function withinLimit(): Promise<void> {
    const limitMs = settings.SHUTDOWN_DELAY_MS + settings.SHUTDOWN_TIMEOUT_MS;
    const timer = new AbortController();
    const late = clock.sleep(limitMs, timer.signal).then(() => {
      throw new LifecycleTimeoutError(`stopping service ${name}`, limitMs);
    });
    late.catch(() => {});
    // what is waited for may hold nothing open: without this the process could end in the middle
    const alive = setInterval(() => {}, 60_000);
    await Promise.race([stop(), late]).finally(() => {
      timer.abort();
      clearInterval(alive);
    });
  }

  return () => (stopped ??= withinLimit());
}
