import { describe, expect, it } from 'vitest';
import { TakenTwins } from '../../src/runtime/consumer/taken-twins.js';
import type { ReceivedEvent } from '../../src/runtime/event-codec.js';

/** As much of a record as is looked at. */
const twin = (eventId: string, version: number, versions = [1, 2, 3]) =>
  ({ eventId, version, versions }) as unknown as ReceivedEvent;

describe('of an event in several versions', () => {
  it('the first that comes is taken, and the others are not', () => {
    const twins = new TakenTwins();
    expect([3, 2, 1].map((version) => twins.wasTaken(twin('a', version)))).toEqual([false, true, true]);
    expect([2, 1].map((version) => twins.wasTaken(twin('b', version)))).toEqual([false, true]);
    expect(twins.wasTaken(twin('c', 1))).toBe(false);
  });

  it('that are published once more after the last, the first is taken again: what it comes to is for the inbox to say', () => {
    const twins = new TakenTwins();
    const all = [3, 2, 1, 3, 2, 1].map((version) => twins.wasTaken(twin('a', version)));
    expect(all).toEqual([false, true, true, false, true, true]);
  });

  it('none is remembered that is alone', () => {
    const twins = new TakenTwins();
    expect([1, 1].map((version) => twins.wasTaken(twin('a', version, [1])))).toEqual([false, false]);
  });

  it('no more than a thousand are remembered, the newest', () => {
    const twins = new TakenTwins();
    for (let id = 0; id <= 1_000; id++) twins.wasTaken(twin(`${id}`, 3));
    expect(twins.wasTaken(twin('0', 1))).toBe(false);
    expect(twins.wasTaken(twin('1', 1))).toBe(true);
    expect(twins.wasTaken(twin('1000', 1))).toBe(true);
  });
});
