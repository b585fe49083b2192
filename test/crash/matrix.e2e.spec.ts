import { afterAll, beforeAll, describe, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { seededRandom } from '../../packages/framework/src/testing/seeded-random.ts';
import type { BrokerEngine, StoreEngine } from '../engines/engine-choice.ts';
import { Servers } from '../engines/servers.ts';
import { CrashStage } from './crash-stage.ts';
import { matrixPoints } from './matrix-points.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** How often each combination goes through all points. `CRASH_ROUNDS=10` takes about half an hour. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 1);

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
  { timeout: 120_000 },
  () => {
    let servers: Servers;
    beforeAll(async () => {
      servers = await Servers.start('kafka', 'postgres', 'mariadb');
    }, 180_000);
    afterAll(async () => {
      await servers?.[Symbol.asyncDispose]();
    });

    describe.each(COMBINATIONS.map((one, index) => [...one, SEED + index] as const))(
      'on %s and %s',
      (store, broker, seed) => {
        const random = seededRandom(seed);
        const below = (limit: number) => Math.floor(random() * limit);
        let stage: CrashStage;
        beforeAll(async () => {
          stage = await CrashStage.open({ store, broker, servers });
        }, 60_000);
        afterAll(async () => {
          await stage?.[Symbol.asyncDispose]();
        });

        for (let round = 1; round <= ROUNDS; round++)
          it.each(matrixPoints(below))(
            `${ROUNDS > 1 ? `round ${round}: ` : ''}$where: nothing is lost, nothing happens twice, order is kept`,
            (point) => stage.play(point),
          );
      },
    );
  },
);
