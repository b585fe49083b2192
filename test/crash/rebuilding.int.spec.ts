import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../cafe/until.ts';
import { auditBooks, sell } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import type { Death } from './protocol.ts';

const death = (side: Death['side'], point: string, nth = 1): Death => ({
  service: 'ledger',
  engine: 'store',
  side,
  point,
  nth,
});

interface View {
  readonly generation: number;
  readonly state: string;
  readonly failure?: object;
}

describe('kill -9 while a view is rebuilt', () => {
  let lab: CrashLab;
  let ledger: HostProcess;

  beforeAll(async () => {
    lab = await CrashLab.open('till', 'ledger');
    [ledger] = await Promise.all([lab.start(['ledger']), lab.start(['till'])]);
    for (let sale = 0; sale < 30; sale++) await sell(lab, `account ${sale % 3}`);
    await auditBooks(lab);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const path = () => `${lab.url('ledger')}/actuator/views/statements`;
  const view = async () => (await (await fetch(path())).json()) as View;
  /** Asks for a rebuild; undefined when the ledger died over it. */
  const rebuild = async () => {
    try {
      return (await fetch(`${path()}/rebuild`, { method: 'POST' })).status;
    } catch {
      return undefined;
    }
  };

  it.each<[string, Death]>([
    ['before it has begun', death('before', 'views.beginRebuild')],
    ['after it has begun', death('after', 'views.beginRebuild')],
    ['in the middle of the log', { ...death('after', 'commit', 20), of: 'handler' }],
    ['before the live view is held', death('before', 'views.hold')],
    ['after the live view was held', death('after', 'views.hold')],
    ['before the swap', death('before', 'views.swap')],
    ['after the swap', death('after', 'views.swap')],
  ])('%s: the view is whole and goes on, and the next rebuild succeeds', async (_, where) => {
    const { generation } = await view();
    await ledger.dieAt(where);
    await rebuild();
    expect(await ledger.died()).toBe(`${where.side} ${where.point}`);
    for (let sale = 0; sale < 3; sale++) await sell(lab, `account ${sale}`);

    ledger = await lab.start(['ledger']);
    // the live handlers go on, also where a hold was left behind
    await auditBooks(lab);
    const isSwapped = where.point === 'views.swap' && where.side === 'after';
    expect((await view()).generation).toBe(generation + (isSwapped ? 1 : 0));

    expect(await rebuild()).toBe(202);
    await sell(lab, 'account 0');
    const end = await until(view, ({ state }) => state === 'done' || state === 'failed');
    expect(end).toMatchObject({ state: 'done' });
    expect(end.generation).toBeGreaterThan(generation);
    await auditBooks(lab);
  });
});
