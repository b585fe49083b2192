import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import { auditCafe } from '../crash/cafe-audit.ts';
import { fullCafe } from './engine-choice.ts';
import { serverFaults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { throughAgain } from './recovery.ts';
import { Servers } from './servers.ts';
import { Balancer } from './balancer.ts';
import { Traffic } from './traffic.ts';

/** `FAULT_PAUSE_MS=20000`: longer than any session and lease. */
const PAUSE_MS = Number(process.env['FAULT_PAUSE_MS'] ?? 6_000);
const RATE = Number(process.env['FAULT_RATE'] ?? 30);
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** How long the cafe may take until an order goes all its way again. */
const RECOVERED_WITHIN_MS = 45_000;

describe.skipIf(noContainers !== undefined)(
  `the cafe under load${noContainers === undefined ? '' : `: skipped, ${noContainers}`}`,
  { timeout: 150_000 + PAUSE_MS },
  () => {
    const promised = { placed: new Set<number>(), cancelled: new Set<number>() };
    const random = seededRandom(SEED);
    let servers: Servers;
    let before: { postgres: Balancer; mariadb: Balancer };
    let fleet: Fleet;

    beforeAll(async () => {
      servers = await Servers.start('kafka', 'postgres', 'mariadb');
      before = {
        postgres: await Balancer.listen(() => [servers.container('postgres').port]),
        mariadb: await Balancer.listen(() => [servers.container('mariadb').port]),
      };
      fleet = await Fleet.open({
        choice: fullCafe(servers),
        replicas: 1,
        ports: { postgres: before.postgres.port, mariadb: before.mariadb.port },
      });
    }, 240_000);
    afterAll(async () => {
      await fleet?.[Symbol.asyncDispose]();
      await Promise.all([before?.postgres, before?.mariadb].map((one) => one?.[Symbol.asyncDispose]()));
      await servers?.[Symbol.asyncDispose]();
    });

    // the servers are not there yet: only the words are asked for
    const names = serverFaults({ servers: undefined!, before: undefined!, pauseMs: PAUSE_MS });
    it.each(names.map(({ what }, index) => ({ what, index })))(
      '$what: no order is lost or half done, nothing happens twice, order is kept',
      async ({ what, index }) => {
        const fault = serverFaults({ servers, before, pauseMs: PAUSE_MS })[index]!;
        const traffic = new Traffic({ url: fleet.url('order'), rate: RATE, random });
        traffic.start();
        await throughAgain(fleet, RECOVERED_WITHIN_MS);
        await fault.happen();
        const recoveredMs = await throughAgain(fleet, RECOVERED_WITHIN_MS);
        await traffic.stop();
        for (const id of traffic.promised.placed) promised.placed.add(id);
        for (const id of traffic.promised.cancelled) promised.cancelled.add(id);
        const { findings, undone, repeated } = await auditCafe(fleet.engines, promised, 60_000);
        console.log(
          `${what}: an order went all its way ${Math.round(recoveredMs)} ms after it was over; ${traffic.summary}; so far ${repeated} records published again, ${undone} payments taken back`,
        );
        expect(findings).toEqual([]);
        expect(traffic.odd).toEqual([]);
      },
    );
  },
);
