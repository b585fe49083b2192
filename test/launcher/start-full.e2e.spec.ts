import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { Cafe } from '../cafe/cafe.ts';
import { freePorts } from '../../packages/framework/test/containers/free-ports.ts';
import { until } from '../cafe/until.ts';
import { Launcher } from './launcher.ts';

const docker = async (...args: string[]) => (await promisify(execFile)('docker', args)).stdout.trim();
const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

describe.skipIf(noContainers !== undefined)(
  `npm run start:full${noContainers === undefined ? '' : `: skipped, ${noContainers}`}`,
  { timeout: 180_000 },
  () => {
    it('brings up servers and services; Ctrl-C stops them all, and the data stays', async () => {
      const project = `skanu-test-${process.pid}`;
      const ours = ['--filter', `label=com.docker.compose.project=${project}`];
      const [kafka, postgres, mariadb] = await freePorts(3);
      await using cafe = await Cafe.prepare();
      const environment = {
        ...dockerOf(process.env),
        ...cafe.environment(),
        COMPOSE_PROJECT_NAME: project,
        KAFKA_PORT: String(kafka),
        POSTGRES_PORT: String(postgres),
        MARIADB_PORT: String(mariadb),
      };
      try {
        await using full = startFull(environment, 'order', 'payment', 'delivery', 'trace');
        await full.says('all are ready', 120_000);
        const answer = await fetch(`${cafe.url('order')}/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"product":"tea","qty":1,"cost":1}',
        });
        expect([answer.status, answer.headers.get('location')]).toEqual([
          201,
          `${cafe.url('order')}/orders/1`,
        ]);
        await until(
          async () =>
            ((await (await fetch(`${cafe.url('trace')}/orderTraces/1`)).json()) as { status?: string })
              .status,
          (status) => status === 'DeliveryStarted',
          20_000,
        );
        for (const [name, engine] of [
          ['order', 'postgres'],
          ['payment', 'postgres'],
          ['delivery', 'mariadb'],
          ['trace', 'sqlite'],
        ] as const)
          expect(await enginesOf(cafe.url(name)), `the engines of ${name}`).toEqual({
            store: engine,
            broker: 'kafka',
          });
        expect(await full.stop('SIGINT')).toBe(0);
        expect(linesOf(await docker('ps', '-q', ...ours))).toHaveLength(0);
        expect(linesOf(await docker('volume', 'ls', '-q', ...ours))).toHaveLength(3);
      } finally {
        await remove(ours);
      }
    });

    it('without Docker: one clear line and exit code 1', async () => {
      const { stderr, status } = spawnSync(process.execPath, ['scripts/start-full.ts'], {
        env: { PATH: '/nowhere' },
        encoding: 'utf8',
      });
      expect(stderr).toBe(
        'cafe: Docker is needed and does not answer: install it and start it (docker version says more)\n',
      );
      expect(status).toBe(1);
    });
  },
);

function startFull(environment: Readonly<Record<string, string>>, ...names: string[]): Launcher {
  return new Launcher(['node', 'scripts/start-full.ts', ...names], environment);
}

/** What Compose needs to know of this machine. */
function dockerOf(all: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => /^(HOME|DOCKER_\w+|\w+_IMAGE)$/.test(name)),
  ) as Record<string, string>;
}

async function enginesOf(url: string): Promise<Record<string, string>> {
  const health = (await (await fetch(`${url}/actuator/health`)).json()) as {
    components: Record<string, { details?: { engine: string } }>;
  };
  const of = (part: string) => health.components[part]?.details?.engine ?? '';
  return { store: of('store'), broker: of('broker') };
}

async function remove(ours: readonly string[]): Promise<void> {
  const containers = linesOf(await docker('ps', '-aq', ...ours));
  if (containers.length > 0) await docker('rm', '-f', '-v', ...containers);
  for (const kind of ['volume', 'network'] as const) {
    const left = linesOf(await docker(kind, 'ls', '-q', ...ours));
    if (left.length > 0) await docker(kind, 'rm', ...left);
  }
}
