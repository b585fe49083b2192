import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditBooks, sell, settled, sold, written } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import { look } from './look.ts';
import { POISON } from './poison.ts';
import type { Death } from './protocol.ts';

const death = (side: Death['side'], point: string, nth = 1): Death => ({
  service: 'ledger',
  engine: 'store',
  side,
  point,
  nth,
  ...(point === 'commit' && { of: 'redrive' }),
});

describe('kill -9 around parked records', () => {
  let lab: CrashLab;
  let ledger: HostProcess;
  let account = '';
  let cases = 0;

  beforeAll(async () => {
    lab = await CrashLab.open('till', 'ledger');
    [ledger] = await Promise.all([lab.start(['ledger']), lab.start(['till'])]);
  });
  beforeEach(() => {
    account = `poisoned ${++cases}`;
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  /** A sale that can be booked, one that cannot, two that must wait for it; and two of another account. */
  async function sellPoison(): Promise<void> {
    for (const amount of [1, POISON, 2, 3]) await sell(lab, account, amount);
    for (const amount of [1, 2]) await sell(lab, 'healthy', amount);
  }

  const parked = () => {
    const sql =
      'SELECT handler, key, position, value, reason_code AS reason FROM skanu_parked ORDER BY position';
    return look(lab, 'ledger', sql).map(({ handler, key, position, value, reason }) => {
      const { id: sale } = JSON.parse(Buffer.from(value).toString()) as { id: number };
      return { handler, key, position: position as number, sale, reason };
    });
  };

  /** The first sale of the account is booked, the others wait in order and once; nobody else is held up. */
  async function expectParked(): Promise<void> {
    await settled(lab, 'till', 'ledger');
    const [booked, ...waiting] = sold(lab)[account]!;
    expect(parked()).toMatchObject(
      waiting.map((sale, index) => ({
        handler: 'bookkeeping',
        key: account,
        sale,
        reason: index === 0 ? 'DOMAIN_RULE' : null,
      })),
    );
    expect(written(lab, 'accounts')).toEqual({ ...sold(lab), [account]: [booked] });
    expect(written(lab, 'statements')).toEqual(sold(lab));
  }

  const redrive = () => ask('POST', 'redrive');
  const mend = () => writeFileSync(lab.mended, '');

  /** Asks for something that is done with the account's parked key; undefined when the ledger died over it. */
  async function ask(method: string, what: string): Promise<unknown> {
    const path = `/actuator/parked/bookkeeping/keys/${encodeURIComponent(account)}/${what}`;
    try {
      const answer = await fetch(lab.url('ledger') + path, { method });
      return answer.status === 204 ? null : await answer.json();
    } catch {
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
    ledger = await lab.start(['ledger']);
    await expectParked();
    mend();
    expect(await redrive()).toEqual({ done: 3, remaining: 0, failures: [] });
    await auditBooks(lab);
    rmSync(lab.mended);
  });

  it.each<[string, Death, number]>([
    ['before its first commit', death('before', 'commit'), 3],
    ['after its first commit', death('after', 'commit'), 2],
    ['after its last commit', death('after', 'commit', 3), 0],
  ])('in a redrive, %s: redriven again, all take effect once and in order', async (_, where, left) => {
    await sellPoison();
    await expectParked();
    mend();
    await ledger.dieAt(where);
    expect(await redrive()).toBeUndefined();
    expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
    expect(parked()).toHaveLength(left);
    // what is sold now must wait behind what is still parked
    await sell(lab, account, 4);

    ledger = await lab.start(['ledger']);
    await settled(lab, 'till', 'ledger');
    expect(await redrive()).toEqual({ done: left === 0 ? 0 : left + 1, remaining: 0, failures: [] });
    expect(await sell(lab, account, 5)).toBeGreaterThan(0);
    await auditBooks(lab);
    rmSync(lab.mended);
  });

  it('after a record was dropped: it stays dropped, and the others go on', async () => {
    await sellPoison();
    await expectParked();
    const [poison] = parked();
    await ledger.dieAt(death('after', 'parking.drop'));
    expect(await ask('DELETE', `records/${poison!.position}`)).toBeUndefined();
    expect(await ledger.died()).toBe('after parking.drop');
    expect(parked()).toHaveLength(2);

    ledger = await lab.start(['ledger']);
    expect(await redrive()).toEqual({ done: 2, remaining: 0, failures: [] });
    await settled(lab, 'till', 'ledger');
    const sales = sold(lab)[account]!.filter((sale) => sale !== poison!.sale);
    expect(written(lab, 'accounts')).toEqual({ ...sold(lab), [account]: sales });
    expect(parked()).toEqual([]);
  });
});
