import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import { until } from '../cafe/until.ts';
import { auditCafe } from '../crash/cafe-audit.ts';
import { settled } from '../crash/settled.ts';
import { fullCafe } from './engine-choice.ts';
import { Fleet } from './fleet.ts';
import { leadersOf } from './leader.ts';
import { Servers } from './servers.ts';
import { Traffic } from './traffic.ts';

const REPLICAS = 3;
/** A block of 32 ids, and half of the next one, for each process: see ids-from-blocks.md. */
const GAP = REPLICAS * 48;
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe.skipIf(noContainers !== undefined)(
  `three processes of each service (CRASH_SEED=${SEED})${noContainers === undefined ? '' : `: skipped, ${noContainers}`}`,
  { timeout: 150_000 },
  () => {
    const placed = new Set<number>();
    const cancelled = new Set<number>();
    /** Each try takes an id, also one that is refused. */
    let tries = 0;
    let servers: Servers;
    let fleet: Fleet;

    beforeAll(async () => {
      servers = await Servers.start('kafka', 'postgres', 'mariadb');
      fleet = await Fleet.open({ choice: fullCafe(servers), replicas: REPLICAS });
    }, 240_000);
    afterAll(async () => {
      await fleet?.[Symbol.asyncDispose]();
      await servers?.[Symbol.asyncDispose]();
    });

    async function place(url: string): Promise<number> {
      for (;;) {
        tries++;
        const answer = await fetch(`${url}/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ product: 'tea', qty: 1, cost: 1 }),
        });
        const { id } = (await answer.json()) as { id: number };
        // payment may be slower than order waits: a busy machine is no fault of theirs
        if (answer.status === 503) continue;
        expect(answer.status).toBe(201);
        placed.add(id);
        return id;
      }
    }

    const audit = async () => {
      const { findings } = await auditCafe(fleet.engines, { placed, cancelled }, 90_000);
      expect(findings).toEqual([]);
    };

    it('give ids that never collide and stay near dense', async () => {
      const ids = await Promise.all(
        fleet.replicas('order').map(async ({ url }) => {
          const own = [];
          for (let i = 0; i < 40; i++) own.push(await place(url));
          return own;
        }),
      );
      const all = ids.flat();
      expect(new Set(all).size).toBe(all.length);
      expect(Math.max(...all)).toBeLessThanOrEqual(tries + GAP);
      await settled({ engines: fleet.engines }, ['order', 'payment', 'delivery'], 60_000);
      for (const [service, table] of [
        ['payment', 'payments'],
        ['delivery', 'deliveries'],
      ] as const) {
        const [row] = await fleet.engines.rows(service, `SELECT max(id) AS highest FROM ${table}`);
        expect(row!['highest'], `the highest id of ${table}`).toBeLessThanOrEqual(tries + GAP);
      }
    });

    it('have one among them that relays, for each database', async () => {
      const working = Promise.all(fleet.replicas('order').map(({ url }) => place(url)));
      for (const name of fleet.services) {
        const leaders = await until(
          () => leadersOf(fleet.replicas(name)),
          (some) => some.length > 0,
        );
        expect(leaders, `those that relay for ${name}`).toHaveLength(1);
      }
      await working;
    });

    it.each(['order', 'delivery'] as const)(
      'kill -9 of the one that relays for %s: another one does within 5 s, and all goes on',
      async (name) => {
        const [leader] = await leadersOf(fleet.replicas(name));
        const index = fleet.replicas(name).indexOf(leader!);
        await leader!.stop('SIGKILL');
        const begin = performance.now();
        await until(
          () => leadersOf(fleet.replicas(name)),
          ([other]) => other !== undefined,
        );
        const took = performance.now() - begin;
        console.log(`${name}: another one relays after ${Math.round(took)} ms`);
        expect(took).toBeLessThan(5_000);
        await fleet.restart(name, index).ready();
        await place(fleet.replicas('order')[0]!.url);
        await audit();
      },
    );

    it('keep the order of each key while they come and go under load', async () => {
      const random = seededRandom(SEED);
      const traffic = new Traffic({ url: fleet.url('order'), rate: 30, random });
      traffic.start();
      for (const name of ['message', 'delivery', 'trace'] as const) {
        const index = Math.floor(random() * REPLICAS);
        // in turns as an operator does it and as an accident does
        await fleet.replicas(name)[index]!.stop(name === 'delivery' ? 'SIGKILL' : 'SIGTERM');
        await fleet.restart(name, index).ready();
      }
      await traffic.stop();
      expect(traffic.odd).toEqual([]);
      for (const id of traffic.promised.placed) placed.add(id);
      for (const id of traffic.promised.cancelled) cancelled.add(id);
      await audit();
      console.log(traffic.summary);
    });
  },
);
