import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import { events, look } from './look.ts';
import type { Death } from './protocol.ts';
import { settled } from './books.ts';

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

  async function place(): Promise<number> {
    const answer = await fetch(`${lab.url('order')}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ product: 'coffee', qty: 1, cost: 1000 }),
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { id: number }).id;
  }

  const orders = () => look(lab, 'order', 'SELECT id FROM orders ORDER BY id').map(({ id }) => id as number);
  const paid = () =>
    look(lab, 'payment', 'SELECT "orderId" AS id FROM payments ORDER BY id').map(({ id }) => id as number);
  const placed = () =>
    events(lab)
      .filter(({ eventType }) => eventType === 'OrderPlaced')
      .map(({ fields }) => fields['id'] as number)
      .toSorted((a, b) => a - b);

  it('after the call and before the commit: no order and no event of it; its id is not given again', async () => {
    const first = await place();
    await order.dieAt(death('before'));
    await expect(place()).rejects.toThrow('fetch failed');
    expect(await order.died()).toBe('before commit');
    // the call was made: this is the moment that the case is about
    const lost = paid().at(-1)!;
    expect(paid()).toEqual([first, lost]);

    order = await lab.start(['order']);
    const next = await place();
    await settled(lab, 'order', 'payment');
    expect(next).toBeGreaterThan(lost);
    expect(orders()).toEqual([first, next]);
    expect(placed()).toEqual([first, next]);
    // that the payment of the lost order is left is not hidden here: taking it back is another guarantee
    expect(paid()).toEqual([first, lost, next]);
  });

  it('after the commit and before the answer: the order is there, with its payment and its event', async () => {
    const before = orders();
    await order.dieAt(death('after'));
    await expect(place()).rejects.toThrow('fetch failed');
    expect(await order.died()).toBe('after commit');
    order = await lab.start(['order']);
    await settled(lab, 'order', 'payment');
    expect(orders()).toHaveLength(before.length + 1);
    expect(placed()).toEqual(orders());
    expect(paid().at(-1)).toBe(orders().at(-1));
  });
});
