import { describe, expect, it } from 'vitest';
import { OffsetTracker } from '../../src/runtime/consumer/offset-tracker.js';
import { seededRandom } from '../../src/testing/seeded-random.js';

function shuffled<T>(things: readonly T[], random: () => number): T[] {
  return things
    .map((thing) => ({ thing, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ thing }) => thing);
}

describe('an offset tracker', () => {
  it('has nothing to commit before anything is done', () => {
    const tracker = new OffsetTracker();
    expect(tracker.pending).toBeUndefined();
    tracker.take(5);
    expect(tracker.pending).toBeUndefined();
    expect(tracker.span).toBe(1);
  });

  it('commits the offset behind the last one that is done, over gaps in the offsets', () => {
    const tracker = new OffsetTracker();
    const [first, second] = [tracker.take(5), tracker.take(9)];
    first();
    expect(tracker.pending).toBe(6);
    second();
    expect(tracker.pending).toBe(10);
  });

  it('holds back what is done behind one that is not', () => {
    const tracker = new OffsetTracker();
    const [first, second, third] = [tracker.take(1), tracker.take(2), tracker.take(3)];
    third();
    second();
    expect(tracker.pending).toBeUndefined();
    expect(tracker.span).toBe(3);
    first();
    expect(tracker.pending).toBe(4);
    expect(tracker.span).toBe(0);
  });

  it('has nothing more to commit until something more is done', () => {
    const tracker = new OffsetTracker();
    const [first, second] = [tracker.take(1), tracker.take(2)];
    first();
    tracker.committed(tracker.pending!);
    expect(tracker.pending).toBeUndefined();
    first();
    expect(tracker.pending).toBeUndefined();
    second();
    expect(tracker.pending).toBe(3);
  });

  it('is right after every step of any order of completion', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const tracker = new OffsetTracker();
      const offsets: number[] = [];
      const done = new Set<number>();
      const open: { offset: number; finish: () => void }[] = [];
      let next = Math.floor(random() * 100);
      let committed: number | undefined;
      for (let step = 0; step < 200; step++) {
        if (random() < 0.5) {
          next += 1 + Math.floor(random() * 3);
          offsets.push(next);
          open.push({ offset: next, finish: tracker.take(next) });
        } else if (open.length > 0) {
          const [one] = open.splice(Math.floor(random() * open.length), 1);
          one!.finish();
          done.add(one!.offset);
        }
        const firstOpen = offsets.findIndex((offset) => !done.has(offset));
        const finished = firstOpen < 0 ? offsets : offsets.slice(0, firstOpen);
        const expected = finished.length === 0 ? undefined : finished.at(-1)! + 1;
        expect(tracker.pending, `seed ${seed}, step ${step}`).toBe(
          expected === committed ? undefined : expected,
        );
        expect(tracker.span).toBe(offsets.length - finished.length);
        if (random() < 0.1 && tracker.pending !== undefined) tracker.committed((committed = tracker.pending));
      }
    }
  });

  it('does not keep what is done', () => {
    const tracker = new OffsetTracker();
    const finish = Array.from({ length: 5_000 }, (_, offset) => tracker.take(offset));
    for (const one of shuffled(finish, seededRandom(1))) one();
    expect(tracker.pending).toBe(5_000);
    expect(tracker.span).toBe(0);
    tracker.take(5_000)();
    expect(tracker.pending).toBe(5_001);
  });
});
