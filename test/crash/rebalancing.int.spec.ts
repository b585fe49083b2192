import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../cafe/until.ts';
import { auditBooks, sell, sold, written } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import { look } from './look.ts';
import type { Death } from './protocol.ts';

const ACCOUNTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** Enough for partitions to be busy, and for the machine not to be. */
const BETWEEN_SALES_MS = 20;

const death = (engine: Death['engine'], side: Death['side'], point: string): Death => ({
  service: 'ledger',
  engine,
  side,
  point,
  ...(point === 'commit' && { of: 'handler' }),
});

describe('kill -9 while partitions move between two processes of a service', () => {
  let lab: CrashLab;
  let ledger: HostProcess;

  beforeAll(async () => {
    lab = await CrashLab.open('till');
    [ledger] = await Promise.all([lab.start(['ledger'], { another: true }), lab.start(['till'])]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const handled = () => Object.values(written(lab, 'accounts')).flat().length;

  /** Sells on all accounts while something else goes on (on each one sale after the other), and a while longer; then audits. */
  async function whileSelling(work: () => Promise<void>): Promise<void> {
    const end = new AbortController();
    const selling = ACCOUNTS.map(async (account) => {
      for (; !end.signal.aborted; await pause(BETWEEN_SALES_MS)) await sell(lab, account);
    });
    try {
      const begin = handled();
      await until(handled, (now) => now > begin);
      await work();
      const before = handled();
      await until(handled, (now) => now > before + ACCOUNTS.length);
    } finally {
      end.abort();
      await Promise.all(selling);
    }
    await auditBooks(lab);
    expect(Object.keys(sold(lab)).toSorted()).toEqual(ACCOUNTS);
  }

  const owners = () =>
    look(lab, 'events', `SELECT DISTINCT owner FROM group_partitions WHERE group_name = 'ledger'`);

  it.each<[string, Death]>([
    ['as it is asked to let go', death('broker', 'before', 'receiver.revoked')],
    ['when it has let go and the others do not know', death('broker', 'after', 'receiver.revoked')],
  ])('the old owner dies %s', async (_, where) => {
    await whileSelling(async () => {
      await ledger.dieAt(where);
      const newcomer = lab.spawn(['ledger'], { another: true });
      expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
      await newcomer.told('ready');
      ledger = newcomer;
    });
    expect(ledger.output).toContain('taking over from members that are dead');
    expect(owners()).toHaveLength(1);
  });

  it.each<[string, Death]>([
    ['with its first batch', death('broker', 'before', 'receiver.received')],
    ["after its first handler's commit", death('store', 'after', 'commit')],
    ['as it commits its first offsets', death('broker', 'before', 'subscription.commit')],
  ])('the new owner dies %s', async (_, where) => {
    await whileSelling(async () => {
      const newcomer = lab.spawn(['ledger'], { another: true, death: where });
      expect(await newcomer.died()).toBe(`${where.side} ${where.point}`);
    });
    expect(ledger.isAlive).toBe(true);
    expect(owners()).toHaveLength(1);
  });
});
