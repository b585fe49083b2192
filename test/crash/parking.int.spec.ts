import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../cafe/until.ts';
import { auditBooks, booked, sell, sold, written } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
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

  const parked = async () => {
    const sql =
      'SELECT handler, "key", position, value, reason_code AS reason FROM skanu_parked ORDER BY position';
    return (await lab.engines.rows('ledger', sql)).map(({ handler, key, position, value, reason }) => {
      const { id: sale } = JSON.parse(Buffer.from(value).toString()) as { id: number };
      return { handler, key, position: position as number, sale, reason };
    });
  };

  /** The first sale of the account is booked, the others wait in order and once; nobody else is held up. */
  async function expectParked(): Promise<void> {
    await booked(lab);
    const [first, ...waiting] = (await sold(lab))[account]!;
    expect(await parked()).toMatchObject(
      waiting.map((sale, index) => ({
        handler: 'bookkeeping',
        key: account,
        sale,
        reason: index === 0 ? 'DOMAIN_RULE' : null,
      })),
    );
    expect(await written(lab, 'accounts')).toEqual({ ...(await sold(lab)), [account]: [first] });
    expect(await written(lab, 'statements')).toEqual(await sold(lab));
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
    expect(await parked()).toHaveLength(left);
    // what is sold now must wait behind what is still parked
    await sell(lab, account, 4);

    ledger = await lab.start(['ledger']);
    await booked(lab);
    // once the record is gone that a person had to look at, the rest waits for nobody but its turn
    if (left === 3) await redrive();
    await until(parked, (records) => records.length === 0);
    expect(await sell(lab, account, 5)).toBeGreaterThan(0);
    await auditBooks(lab);
    rmSync(lab.mended);
  });

  it.each<[string, Death]>([
    ['before its key is put aside', death('before', 'parking.park')],
    ['after its key was put aside', death('after', 'parking.park')],
    ['in the middle of what is put behind it', death('after', 'parking.parkBehind', 20)],
    ['before a record of it is worked off', death('before', 'commit', 10)],
    ['after a record of it was worked off', death('after', 'commit', 10)],
  ])(
    'a record that takes its time, %s: all of its key take effect once and in order, by themselves',
    async (_, where) => {
      await ledger.hangAt({
        service: 'ledger',
        engine: 'store',
        side: 'before',
        point: 'commit',
        of: 'handler',
      });
      await sell(lab, account);
      await ledger.told('held');
      await ledger.dieAt(where);
      for (let more = 0; more < 60; more++) await sell(lab, account);
      expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
      ledger = await lab.start(['ledger']);
      await booked(lab);
      await until(parked, (records) => records.length === 0);
      await auditBooks(lab);
    },
  );

  it('after a record was dropped: it stays dropped, and the others go on', async () => {
    await sellPoison();
    await expectParked();
    const [poison] = await parked();
    await ledger.dieAt(death('after', 'parking.drop'));
    expect(await ask('DELETE', `records/${poison!.position}`)).toBeUndefined();
    expect(await ledger.died()).toBe('after parking.drop');
    expect(await parked()).toHaveLength(2);

    ledger = await lab.start(['ledger']);
    await booked(lab);
    await until(parked, (records) => records.length === 0);
    const sales = (await sold(lab))[account]!.filter((sale) => sale !== poison!.sale);
    expect(await written(lab, 'accounts')).toEqual({ ...(await sold(lab)), [account]: sales });
    expect(await parked()).toEqual([]);
  });
});
