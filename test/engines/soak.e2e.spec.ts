import { describe, expect, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { soak } from './soak.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe.skipIf(noContainers !== undefined)(
  `a minute of npm run soak (CRASH_SEED=${SEED})${noContainers === undefined ? '' : `: skipped, ${noContainers}`}`,
  () => {
    it('whatever happens to processes and servers, each order is whole in all services, or in none', async () => {
      const said: string[] = [];
      const { findings, lines } = await soak({
        durationMs: 45_000,
        rate: 30,
        seed: SEED,
        faultEveryMs: 7_000,
        replicas: 2,
        say: (line) => said.push(line),
      });
      console.log([...said, ...lines].join('\n'));
      expect(findings).toEqual([]);
    }, 300_000);
  },
);
