import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../cafe/until.ts';
import { auditBooks, booked, sell, written } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import type { Death } from './protocol.ts';

const death = (engine: Death['engine'], side: Death['side'], point: string, nth = 1): Death => ({
  service: 'ledger',
  engine,
  side,
  point,
  nth,
  ...(point === 'commit' && { of: 'handler' }),
});

const CASES: [string, Death][] = [
  ["before a handler's commit", death('store', 'before', 'commit')],
  ['between the commits of two handlers of one event', death('store', 'after', 'commit')],
  ['after some commits, in the middle of the events of a key', death('store', 'after', 'commit', 4)],
  [
    "after the handlers' commits and before the offset commit",
    death('broker', 'before', 'subscription.commit'),
  ],
  ['after the offset commit', death('broker', 'after', 'subscription.commit')],
  ['before what a handler publishes goes out', death('broker', 'before', 'publish')],
];

describe('kill -9 while events are handled', () => {
  let lab: CrashLab;
  let ledger: HostProcess;

  beforeAll(async () => {
    lab = await CrashLab.open('till', 'ledger');
    [ledger] = await Promise.all([lab.start(['ledger']), lab.start(['till'])]);
    await Promise.all([sell(lab, 'a'), sell(lab, 'b')]);
    await booked(lab);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const entries = async (table: 'accounts' | 'statements') =>
    Object.values(await written(lab, table)).flat().length;

  it.each(CASES)('%s: each event takes effect once in each handler, in order', async (_, where) => {
    await ledger.dieAt(where);
    await Promise.all(
      ['a', 'b'].map(async (account) => {
        for (let i = 0; i < 3; i++) await sell(lab, account);
      }),
    );
    expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
    ledger = await lab.start(['ledger']);
    await auditBooks(lab);
  });

  it('the offset was not committed though all was handled: all comes again, and is known', async () => {
    const before = { accounts: await entries('accounts'), statements: await entries('statements') };
    await ledger.dieAt(death('broker', 'before', 'subscription.commit'));
    await sell(lab, 'a');
    await ledger.died();
    // it died when the only event was handled by both, and nothing else was on its way
    expect({ accounts: await entries('accounts'), statements: await entries('statements') }).toEqual({
      accounts: before.accounts + 1,
      statements: before.statements + 1,
    });
    expect(await lab.engines.log.lag()).toBeGreaterThan(0);

    ledger = await lab.start(['ledger']);
    await auditBooks(lab);
    const metrics = await (await fetch(`${lab.url('ledger')}/actuator/prometheus`)).text();
    for (const handler of ['bookkeeping', 'statements'])
      expect(metrics).toMatch(new RegExp(`^inbox_duplicates_total\\{.*handler="${handler}".*\\} 1$`, 'm'));
  });

  it('the offset of an event that is still being handled is not committed, whatever comes after it', async () => {
    await ledger.hangAt(death('store', 'before', 'commit'));
    await sell(lab, 'a');
    await ledger.told('held');
    // a marker: when the offset of an event that came later is committed, the one that hangs would have been
    const later = await sell(lab, 'b');
    await until(
      async () => ({ done: (await written(lab, 'statements'))['b']!, left: await lab.engines.log.lag('b') }),
      ({ done, left }) => done.includes(later!) && left === 0,
    );
    expect(await lab.engines.log.lag('a')).toBeGreaterThan(0);
    await ledger.kill();
    ledger = await lab.start(['ledger']);
    await auditBooks(lab);
  });

  it('after the handler committed, its own event waits, and goes out when it is back', async () => {
    await ledger.dieAt(death('broker', 'before', 'publish'));
    await sell(lab, 'b');
    await ledger.died();
    expect(await lab.engines.count('ledger', 'skanu_outbox')).toBe(1);
    ledger = await lab.start(['ledger']);
    await auditBooks(lab);
    expect(await lab.engines.count('ledger', 'skanu_outbox')).toBe(0);
  });
});
