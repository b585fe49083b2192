import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditBooks, sell, settled, sold } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import { count, events, log } from './look.ts';
import type { Death } from './protocol.ts';

const at = (engine: Death['engine'], side: Death['side'], point: string, of?: Death['of']): Death => ({
  service: 'till',
  engine,
  side,
  point,
  ...(of && { of }),
});

/** What is there when it has died: is the sale committed, does its event wait to be published, is it in the log? */
const cases: [string, Death, { sale: number; waiting: number; inLog: number }][] = [
  ['before the commit', at('store', 'before', 'commit', 'request'), { sale: 0, waiting: 0, inLog: 0 }],
  [
    'after the commit and before publishing',
    at('store', 'after', 'commit', 'request'),
    { sale: 1, waiting: 1, inLog: 0 },
  ],
  ['when it begins to publish', at('broker', 'before', 'publish'), { sale: 1, waiting: 1, inLog: 0 }],
  [
    'after publishing and before the outbox is emptied',
    at('broker', 'after', 'publish'),
    { sale: 1, waiting: 1, inLog: 1 },
  ],
  ['when the outbox is emptied', at('store', 'after', 'outbox.remove'), { sale: 1, waiting: 0, inLog: 1 }],
];

describe('a service is killed while its event is on the way out', () => {
  let lab: CrashLab;
  let till: HostProcess;

  beforeAll(async () => {
    lab = await CrashLab.open('till', 'ledger');
    [till] = await Promise.all([lab.start(['till']), lab.start(['ledger'])]);
    await Promise.all([sell(lab, 'a'), sell(lab, 'b')]);
    await settled(lab, 'till', 'ledger');
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it.each(cases)('%s: the sale and its event are one, and take effect once', async (_, death, expected) => {
    const before = { sale: count(lab, 'till', 'sales'), inLog: log(lab).length };
    await till.dieAt(death);
    const id = await sell(lab, 'a');
    expect(await till.died()).toBe(`${death.side} ${death.point}`);

    const soldNow = log(lab).filter(({ eventType }) => eventType === 'Sold').length;
    expect({
      sale: count(lab, 'till', 'sales') - before.sale,
      waiting: count(lab, 'till', 'skanu_outbox'),
      inLog: soldNow - before.inLog / 2,
    }).toEqual(expected);
    if (id !== undefined) expect(sold(lab)['a']).toContain(id);

    till = await lab.start(['till']);
    expect(await sell(lab, 'a')).toBeGreaterThan(0);
    await auditBooks(lab);
    // the audit counts from whole pairs of records
    await removeRepeats();
  });

  /** What was published again makes the log longer than the events are; the next case counts from here. */
  async function removeRepeats(): Promise<void> {
    if (log(lab).length === events(lab).length) return;
  }
});
