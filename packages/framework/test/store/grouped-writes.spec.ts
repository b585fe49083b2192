import { describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { GroupedWrites } from '../../src/store/sql/grouped-writes.js';
import { numbers } from '../../src/testing/store/store-samples.js';

/** Writes that end when they are told to. */
class Writes {
  readonly under: { readonly items: readonly number[]; readonly end: (error?: Error) => void }[] = [];
  readonly grouped = new GroupedWrites<number>(
    (items) =>
      new Promise<void>((resolve, reject) => {
        this.under.push({ items, end: (error) => (error ? reject(error) : resolve()) });
      }),
  );
}

describe('GroupedWrites', () => {
  it('writes the first at once, and what comes meanwhile together', async () => {
    const { under, grouped } = new Writes();
    const added = numbers(4).map((item) => grouped.add(item));
    expect(under.map(({ items }) => items)).toEqual([[1]]);
    under[0]!.end();
    await added[0];
    await nextTurn();
    expect(under.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    under[1]!.end();
    await Promise.all(added);
    const later = grouped.add(5);
    expect(under[2]!.items).toEqual([5]);
    under[2]!.end();
    await later;
  });

  it('resolves nobody before the write that they were part of has', async () => {
    const { under, grouped } = new Writes();
    const written: number[] = [];
    const added = numbers(3).map((item) => grouped.add(item).then(() => written.push(item)));
    under[0]!.end();
    await added[0];
    await nextTurn();
    expect(written).toEqual([1]);
    under[1]!.end();
    await Promise.all(added);
    expect(written).toEqual([1, 2, 3]);
  });

  it('rejects those of a write that failed, and goes on with the next', async () => {
    const { under, grouped } = new Writes();
    const failed = grouped.add(1);
    const next = grouped.add(2);
    under[0]!.end(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    await nextTurn();
    under[1]!.end();
    await next;
  });

  it('goes on when a write throws before it begins', async () => {
    let isBroken = true;
    const grouped = new GroupedWrites<number>(() => {
      if (isBroken) throw new Error('broken');
      return Promise.resolve();
    });
    await expect(grouped.add(1)).rejects.toThrow('broken');
    isBroken = false;
    await grouped.add(2);
  });

  it('puts no more than 200 into one write', async () => {
    const sizes: number[] = [];
    const begin = new Latch();
    const grouped = new GroupedWrites<number>(async (items) => {
      sizes.push(items.length);
      await begin.opened;
    });
    const added = numbers(502).map((item) => grouped.add(item));
    begin.open();
    await Promise.all(added);
    expect(sizes).toEqual([1, 200, 200, 101]);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
