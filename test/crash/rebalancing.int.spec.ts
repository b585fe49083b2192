import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../cafe/until.ts';
import { auditBooks, sell, written } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import { look } from './look.ts';
import type { Death } from './protocol.ts';

const ACCOUNTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

const death = (engine: Death['engine'], side: Death['side'], point: string, nth = 1): Death => ({
  service: 'ledger',
  engine,
  side,
  point,
  nth,
  ...(point === 'commit' && { of: 'handler' }),
});

describe('kill -9 while partitions move between two processes of a service', () => {
  let lab: CrashLab;
  let first: HostProcess;
  let selling: { end(): Promise<void> };

  beforeEach(async () => {
    lab = await CrashLab.open('till', 'ledger');
    [first] = await Promise.all([lab.start(['ledger']), lab.start(['till'])]);
    selling = sellAllTheTime();
    await until(
      () => Object.keys(written(lab, 'accounts')).length,
      (accounts) => accounts === ACCOUNTS.length,
    );
  });
  afterEach(async () => {
    await selling.end();
    await lab[Symbol.asyncDispose]();
  });

  /** Sells on all accounts, on each one sale after the other. */
  function sellAllTheTime() {
    const stop = new AbortController();
    const done = Promise.all(
      ACCOUNTS.map(async (account) => {
        while (!stop.signal.aborted) await sell(lab, account);
      }),
    );
    return {
      async end() {
        stop.abort();
        await done;
      },
    };
  }

  const owners = () =>
    look(lab, 'events', `SELECT DISTINCT owner FROM group_partitions WHERE group_name = 'ledger'`).map(
      ({ owner }) => owner as number | null,
    );

  /** Sells on until what is sold from now on is handled, then stops selling, and audits. */
  async function goOnAndAudit(): Promise<void> {
    const entries = () => Object.values(written(lab, 'accounts')).flat().length;
    const before = entries();
    await until(entries, (now) => now > before + ACCOUNTS.length);
    await selling.end();
    await auditBooks(lab);
  }

  it.each<[string, Death]>([
    ['as it is asked to let go', death('broker', 'before', 'receiver.revoked')],
    ['when it has let go and the others do not know', death('broker', 'after', 'receiver.revoked')],
  ])('the old owner dies %s', async (_, where) => {
    await first.dieAt(where);
    const second = lab.spawn(['ledger'], { another: true });
    expect(await first.died()).toBe(`${where.side} ${where.point}`);
    await second.told('ready');
    await goOnAndAudit();
    // one member, and all partitions are its own
    expect(owners()).toHaveLength(1);
    expect(second.output).toContain('taking over from members that are dead');
  });

  it.each<[string, Death]>([
    ['with its first batch', death('broker', 'before', 'receiver.received')],
    ['between the commit of its first handler and the offset', death('store', 'after', 'commit')],
    ['as it commits its first offsets', death('broker', 'before', 'subscription.commit')],
  ])('the new owner dies %s', async (_, where) => {
    const second = lab.spawn(['ledger'], { another: true, death: where });
    expect(await second.died()).toBe(`${where.side} ${where.point}`);
    await goOnAndAudit();
    expect(first.isAlive).toBe(true);
    expect(owners()).toHaveLength(1);
  });
});
