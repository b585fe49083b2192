import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { type ServerContainer, noContainers } from '../containers/containers.js';
import { startMariadb } from '../containers/mariadb.js';
import { startPostgres } from '../containers/postgres.js';
import { openLab } from '../fixtures/lab.js';
import { ended, many, market, newRules, rebuilt, rules, sold, sum } from '../fixtures/market.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';
import { MariadbDatabaseOfTest } from '../store/mariadb-database.js';
import { PostgresDatabaseOfTest } from '../store/postgres-database.js';

const why = noContainers === undefined ? '' : ` (skipped: ${noContainers})`;

describe.skipIf(noContainers !== undefined).each([
  ['PostgreSQL', startPostgres, (port: number) => PostgresDatabaseOfTest.make(port)],
  ['MariaDB', startMariadb, (port: number) => MariadbDatabaseOfTest.on(port)],
] as const)(`a rebuild on %s${why}`, (_, start, databaseOn) => {
  let server: ServerContainer;
  beforeAll(async () => void (server = await start()), 120_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  it('makes the view anew while events keep coming and another process works and reads', async () => {
    using folder = temporaryFolder();
    newRules();
    const database = await databaseOn(server.port);
    const wrapStore = (): Store => database.store();
    await using first = await openLab(folder.path, market, { wrapStore, random: () => 0 });
    await using second = await openLab(folder.path, market, { wrapStore, random: () => 0 });
    await until(
      async () => (await second.assembly.consumer!.lag()).length,
      (partitions) => partitions === 3,
    );
    await first.send(...many(300));
    const drained = () =>
      until(
        async () =>
          [...(await first.assembly.consumer!.lag()), ...(await second.assembly.consumer!.lag())].map(
            ({ lag }) => lag,
          ),
        (lags) => lags.length === 6 && lags.every((lag) => lag === 0),
        30_000,
      );
    await drained();
    rules.factor = 10;
    const seen: number[] = [];
    await first.assembly.rebuilds.begin('sales');
    let sent = 300;
    const end = await until(
      async () => {
        if (sent < 600) await first.send(...many(5, sent + 1));
        sent = Math.min(600, sent + 5);
        seen.push((await second.rows('sales')).length);
        return first.assembly.rebuilds.one('sales');
      },
      ({ state }) => state === 'done' || state === 'failed',
      60_000,
    );
    expect(end).toMatchObject({ state: 'done', generation: 2, failure: undefined });
    expect(end.oldRows).toBeGreaterThanOrEqual(300);
    await first.send(...many(5, sent + 1));
    await drained();
    const rows = await second.rows('sales');
    expect(rows).toHaveLength(sent + 5);
    expect(rows.every(({ amount }) => amount === 10)).toBe(true);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(300);
    expect(rules.thanked).toBe(sent + 5);
    await first.assembly.rebuilds.dropOld('sales');
    expect(await second.assembly.rebuilds.one('sales')).toMatchObject({ generation: 2, oldRows: undefined });
    expect(await first.store.parking.count()).toBe(0);
  }, 120_000);

  it('parks under its generation, can be redriven, and is repeated', async () => {
    using folder = temporaryFolder();
    newRules();
    const database = await databaseOn(server.port);
    await using lab = await openLab(folder.path, market, {
      wrapStore: () => database.store(),
      random: () => 0,
    });
    let broken = 3;
    rules.sale = async ({ id }) => {
      if (id === broken) throw new TypeError('no such sale');
    };
    await lab.send(...many(5));
    await lab.drained();
    broken = 4;
    await rebuilt(lab, 'sales');
    expect((await lab.store.parking.keys(0, 10)).map(({ handler, key }) => [handler, key])).toEqual([
      ['SaleView@2', '4'],
    ]);
    await lab.send(sold(4));
    await lab.drained();
    broken = 0;
    expect(await lab.assembly.redrive.key('SaleView@2', '4')).toMatchObject({ done: 2 });
    expect(sum(await lab.rows('sales'))).toBe(6);
    expect(await rebuilt(lab, 'shops')).toMatchObject({ generation: 2 });
    expect(await rebuilt(lab, 'sales')).toMatchObject({ generation: 3 });
    expect(sum(await lab.rows('sales'))).toBe(6);
    await lab.assembly.rebuilds.begin('sales');
    await lab.send(sold(1));
    expect(await ended(lab, 'sales')).toMatchObject({ generation: 4 });
    await lab.drained();
    expect(sum(await lab.rows('sales'))).toBe(7);
  }, 120_000);
});
