import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;

/**
 * Looks again and again until something holds, and gives what it saw then. For what nobody can tell the test of; where a latch
 * can, use the latch.
 * @param withinMs how long it may take
 * @throws AssertionError with what it saw last
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await pause(LOOK_EVERY_MS)) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) {
      assert.fail(`it did not hold within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    }
  }
}
