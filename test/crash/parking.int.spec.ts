import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditBooks, sell, settled, sold, written } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import { count, look } from './look.ts';
import { POISON } from './poison.ts';
import type { Death } from './protocol.ts';

const death = (side: Death['side'], point: string, of?: Death['of'], nth = 1): Death => ({
  service: 'ledger',
  engine: 'store',
  side,
  point,
  nth,
  ...(of && { of }),
});

describe('kill -9 around parked records', () => {
  let lab: CrashLab;
  let ledger: HostProcess;

  beforeEach(async () => {
    lab = await CrashLab.open('till', 'ledger');
    [ledger] = await Promise.all([lab.start(['ledger']), lab.start(['till'])]);
  });
  afterEach(() => lab[Symbol.asyncDispose]());

  /** A sale that can be booked, one that cannot, two that must wait for it; and two of another account. */
  async function sellPoison(): Promise<void> {
    for (const amount of [1, POISON, 2, 3]) await sell(lab, 'a', amount);
    for (const amount of [1, 2]) await sell(lab, 'b', amount);
  }

  const parked = () =>
    look(lab, 'ledger', 'SELECT handler, key, value, reason_code FROM skanu_parked ORDER BY position').map(
      ({ handler, key, value, reason_code: reason }) => ({
        handler,
        key,
        sale: (JSON.parse(Buffer.from(value).toString()) as { id: number }).id,
        reason,
      }),
    );

  /** The first sale of account a is booked, the others wait in order; nobody else is held up. */
  function expectParked(): void {
    const { a, b } = sold(lab);
    expect(parked()).toEqual(
      a!.slice(1).map((sale, index) => ({
        handler: 'bookkeeping',
        key: 'a',
        sale,
        reason: index === 0 ? 'DOMAIN_RULE' : null,
      })),
    );
    expect(written(lab, 'accounts')).toEqual({ a: a!.slice(0, 1), b });
    expect(written(lab, 'statements')).toEqual({ a, b });
  }

  async function redrive(): Promise<{ done: number; remaining: number } | undefined> {
    try {
      const path = '/actuator/parked/bookkeeping/keys/a/redrive';
      const answer = await fetch(lab.url('ledger') + path, { method: 'POST' });
      return (await answer.json()) as { done: number; remaining: number };
    } catch {
      // it died over it
      return undefined;
    }
  }

  it.each<[string, Death]>([
    ['before the record is parked', death('before', 'parking.park')],
    ['after the record is parked', death('after', 'parking.park')],
    ['before another is put behind it', death('before', 'parking.parkBehind')],
    ['after another was put behind it', death('after', 'parking.parkBehind')],
  ])('%s: its key waits in order and once, others pass', async (_, where) => {
    await ledger.dieAt(where);
    await sellPoison();
    expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
    await lab.start(['ledger']);
    await settled(lab, 'till', 'ledger');
    expectParked();
  });

  it.each<[string, Death, number]>([
    ['before its first commit', death('before', 'commit', 'redrive'), 3],
    ['after its first commit', death('after', 'commit', 'redrive'), 2],
    ['after its last commit', death('after', 'commit', 'redrive', 3), 0],
  ])('in a redrive, %s: redriven again, all take effect once and in order', async (_, where, left) => {
    await sellPoison();
    await settled(lab, 'till', 'ledger');
    expectParked();
    await ledger.kill();

    ledger = await lab.start(['ledger'], { environment: { MENDED: '1' } });
    await ledger.dieAt(where);
    expect(await redrive()).toBeUndefined();
    expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
    expect(count(lab, 'ledger', 'skanu_parked')).toBe(left);
    // what is sold now must wait behind what is still parked
    await sell(lab, 'a', 4);

    ledger = await lab.start(['ledger'], { environment: { MENDED: '1' } });
    if (left > 0) await settled(lab, 'till', 'ledger');
    expect(await redrive()).toMatchObject({ remaining: 0 });
    expect(await sell(lab, 'a', 5)).toBeGreaterThan(0);
    await auditBooks(lab);
  });

  it('after a record was dropped: it stays dropped, the others go on', async () => {
    await sellPoison();
    await settled(lab, 'till', 'ledger');
    const [poison] = parked();
    await ledger.dieAt(death('after', 'parking.drop'));
    const path = '/actuator/parked/bookkeeping/keys/a/records/1';
    await expect(fetch(lab.url('ledger') + path, { method: 'DELETE' })).rejects.toThrow('fetch failed');
    expect(await ledger.died()).toBe('after parking.drop');
    expect(parked().map(({ sale }) => sale)).not.toContain(poison!.sale);

    ledger = await lab.start(['ledger']);
    expect(await redrive()).toMatchObject({ done: 2, remaining: 0 });
    await settled(lab, 'till', 'ledger');
    const { a, b } = sold(lab);
    expect(written(lab, 'accounts')).toEqual({ a: a!.filter((sale) => sale !== poison!.sale), b });
  });
});
