import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditBooks, booked, sell, sold } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import type { Death } from './protocol.ts';

const death = (engine: Death['engine'], side: Death['side'], point: string, of?: Death['of']): Death => ({
  service: 'till',
  engine,
  side,
  point,
  ...(of && { of }),
});

/** What there is more of when it has died: sales, events that wait to be published, records in the log. */
const CASES: [string, Death, { sales: number; waiting: number; records: number }][] = [
  ['before the commit', death('store', 'before', 'commit', 'request'), { sales: 0, waiting: 0, records: 0 }],
  [
    'after the commit and before publishing',
    death('store', 'after', 'commit', 'request'),
    { sales: 1, waiting: 1, records: 0 },
  ],
  ['as it begins to publish', death('broker', 'before', 'publish'), { sales: 1, waiting: 1, records: 0 }],
  [
    'after publishing and before the delete from the outbox',
    death('broker', 'after', 'publish'),
    { sales: 1, waiting: 1, records: 1 },
  ],
  [
    'after the delete from the outbox',
    death('store', 'after', 'outbox.remove'),
    { sales: 1, waiting: 0, records: 1 },
  ],
];

describe('kill -9 while an event is on its way out', () => {
  let lab: CrashLab;
  let till: HostProcess;

  beforeAll(async () => {
    lab = await CrashLab.open('till', 'ledger');
    [till] = await Promise.all([lab.start(['till']), lab.start(['ledger'])]);
    await Promise.all([sell(lab, 'a'), sell(lab, 'b')]);
    await booked(lab);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const state = async () => ({
    sales: await lab.engines.count('till', 'sales'),
    waiting: await lab.engines.count('till', 'skanu_outbox'),
    records: (await lab.engines.log.records()).filter(({ eventType }) => eventType === 'Sold').length,
  });

  it.each(CASES)('%s: both or neither, and what was committed takes effect once', async (_, where, more) => {
    const before = await state();
    await till.dieAt(where);
    const id = await sell(lab, 'a');
    expect(await till.died()).toBe(`${where.side} ${where.point}`);

    const { sales, waiting, records } = await state();
    expect({ sales: sales - before.sales, waiting, records: records - before.records }).toEqual(more);
    // it may have died before or after it answered
    const answered = [id].filter((one) => one !== undefined);
    expect((await sold(lab))['a']).toEqual(expect.arrayContaining(answered));

    till = await lab.start(['till']);
    expect(await sell(lab, 'a')).toBeGreaterThan(0);
    await auditBooks(lab);
  });
});
