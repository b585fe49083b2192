import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerOf } from '../engines/database-reader.ts';
import { auditBooks, sold } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import type { Death } from './protocol.ts';
import { ACCOUNTS, whileSelling } from './while-selling.ts';

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
    lab = await CrashLab.open('till', 'ledger');
    [ledger] = await Promise.all([lab.start(['ledger'], { another: true }), lab.start(['till'])]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  /** Sells while partitions move; then audits. */
  async function whileMoving(work: () => Promise<void>): Promise<void> {
    await whileSelling(lab, work);
    await auditBooks(lab);
    expect(Object.keys(await sold(lab)).toSorted()).toEqual(ACCOUNTS);
  }

  const owners = () =>
    readerOf(`sqlite:${join(lab.folder, 'events.db')}`).rows(
      `SELECT DISTINCT owner FROM group_partitions WHERE group_name = 'ledger'`,
    );

  it.each<[string, Death]>([
    ['as it is asked to let go', death('broker', 'before', 'receiver.revoked')],
    ['when it has let go and the others do not know', death('broker', 'after', 'receiver.revoked')],
  ])('the old owner dies %s', async (_, where) => {
    await whileMoving(async () => {
      await ledger.dieAt(where);
      const newcomer = lab.spawn(['ledger'], { another: true });
      expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
      await newcomer.told('ready');
      ledger = newcomer;
    });
    expect(ledger.output).toContain('taking over from members that are dead');
    expect(await owners()).toHaveLength(1);
  });

  it.each<[string, Death]>([
    ['with its first batch', death('broker', 'before', 'receiver.received')],
    ["after its first handler's commit", death('store', 'after', 'commit')],
    ['as it commits its first offsets', death('broker', 'before', 'subscription.commit')],
  ])('the new owner dies %s', async (_, where) => {
    await whileMoving(async () => {
      const newcomer = lab.spawn(['ledger'], { another: true, death: where });
      expect(await newcomer.died()).toBe(`${where.side} ${where.point}`);
    });
    expect(ledger.isAlive).toBe(true);
    expect(await owners()).toHaveLength(1);
  });
});
