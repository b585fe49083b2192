import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import type { Death } from './protocol.ts';
import { ordersOf, paidOf, place, shopOf } from './shop-orders.ts';

const death = (side: Death['side']): Death => ({
  service: 'order',
  engine: 'store',
  side,
  point: 'commit',
  of: 'request',
});

describe('kill -9 of order between the remote call and the answer', () => {
  let lab: CrashLab;
  let order: HostProcess;

  beforeAll(async () => {
    lab = await CrashLab.open('order', 'payment');
    [order] = await Promise.all([lab.start(['order']), lab.start(['payment'])]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('after the call and before the commit: no order and no event of it, and its payment is taken back; its id is not given again', async () => {
    const first = await place(lab);
    await order.dieAt(death('before'));
    await expect(place(lab)).rejects.toThrow('fetch failed');
    expect(await order.died()).toBe('before commit');
    // the call was made: this is the moment that the case is about
    const lost = (await paidOf(lab)).at(-1)!;
    expect(await paidOf(lab)).toEqual([first, lost]);

    order = await lab.start(['order']);
    const next = await place(lab);
    expect(next).toBeGreaterThan(lost);
    expect(await shopOf(lab)).toEqual({
      orders: [first, next],
      placed: [first, next],
      // the payment of the lost order was taken back
      paid: [first, next],
    });
  });

  it('after the commit and before the answer: the order is there, with its payment and its event', async () => {
    const before = await ordersOf(lab);
    await order.dieAt(death('after'));
    await expect(place(lab)).rejects.toThrow('fetch failed');
    expect(await order.died()).toBe('after commit');
    order = await lab.start(['order']);
    const { orders, placed, paid } = await shopOf(lab);
    expect(orders).toHaveLength(before.length + 1);
    expect(placed).toEqual(orders);
    expect(paid.at(-1)).toBe(orders.at(-1));
  });
});
