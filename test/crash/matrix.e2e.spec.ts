import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import type { BrokerEngine, StoreEngine } from '../engines/engine-choice.ts';
import { Servers } from '../engines/servers.ts';
import { CrashStage } from './crash-stage.ts';
import { matrixPoints } from './matrix-points.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** How often each combination goes through all points; each time takes about four minutes. Unset: every other point, once. */
const ROUNDS = process.env['CRASH_ROUNDS'] === undefined ? undefined : Number(process.env['CRASH_ROUNDS']);

const COMBINATIONS: readonly [StoreEngine, BrokerEngine][] = [
  ['sqlite', 'embedded'],
  ['postgres', 'embedded'],
  ['mariadb', 'embedded'],
  ['sqlite', 'kafka'],
  ['postgres', 'kafka'],
  ['mariadb', 'kafka'],
];

describe.skipIf(noContainers !== undefined)(
  `kill -9 (CRASH_SEED=${SEED})${noContainers === undefined ? '' : `: skipped, ${noContainers}`}`,
  { timeout: 180_000 },
  () => {
    let servers: Servers;
    beforeAll(async () => {
      servers = await Servers.start('kafka', 'postgres', 'mariadb');
    }, 180_000);
    afterAll(async () => {
      await servers?.[Symbol.asyncDispose]();
    });

    describe.each(COMBINATIONS.map(([store, broker], index) => ({ store, broker, index })))(
      'on $store and $broker',
      ({ store, broker, index }) => {
        const random = seededRandom(SEED + index);
        const below = (limit: number) => Math.floor(random() * limit);
        let stage: CrashStage | undefined;
        afterEach(async ({ task }) => {
          // after a failure nobody knows who is alive
          if (task.result?.state === 'fail') await leave();
        });
        afterAll(() => leave());

        async function leave(): Promise<void> {
          await stage?.[Symbol.asyncDispose]();
          stage = undefined;
        }

        for (let round = 1; round <= (ROUNDS ?? 1); round++) {
          const all = matrixPoints(below);
          // so each point meets each database and each broker
          const points =
            ROUNDS === undefined ? all.filter((_, place) => (place + index + SEED) % 2 === 0) : all;
          it.each(shuffled(points, below))(
            `${(ROUNDS ?? 1) > 1 ? `round ${round}: ` : ''}$where: nothing is lost, nothing happens twice, order is kept`,
            async (point) => {
              stage ??= await CrashStage.open({ store, broker, servers });
              await stage.play(point);
            },
          );
        }
      },
    );
  },
);

function shuffled<T>(list: readonly T[], below: (limit: number) => number): T[] {
  return list
    .map((one) => ({ one, place: below(2 ** 31) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ one }) => one);
}
